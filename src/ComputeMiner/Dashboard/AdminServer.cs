using System.Net;
using System.Text.Json;
using Bittensor.Keys;
using ComputeMiner.Admission;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ComputeMiner.Dashboard;

/// <summary>
/// The operator's window: a page, <c>/status</c>, <c>/admission/HOTKEY</c>, <c>/healthz</c> (the process answers) and <c>/readyz</c> (it can deliver). Read-only, on a
/// listener of its own (loopback by default), so that nothing of it can be reached through the axon's port.
/// </summary>
sealed partial class AdminServer(
    IPEndPoint address, Func<MinerStatus> status, Func<Hotkey, AdmissionExplanation> explain, ILogger<AdminServer> logger) : IAsyncDisposable
{
    /// <summary>Followed by a hotkey's address: why it may call or not.</summary>
    public const string AdmissionPath = "/admission/";

    // A bare server instead of a web application: that would also take addresses from appsettings.json and the environment, and keep
    // the second Ctrl+C from ending the process.
    readonly KestrelServer _server = new(
        Options.Create(Limits(address)),
        new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
        NullLoggerFactory.Instance);

    /// <summary>The bound address; differs from the configured one when that left the port to the system.</summary>
    public string? Url { get; private set; }

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _server.StartAsync(new AdminApplication(AnswerAsync), cancellation);
        Url = _server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Log.Listening(logger, Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    static KestrelServerOptions Limits(IPEndPoint address)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = 64;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        return kestrel;
    }

    async Task AnswerAsync(HttpContext context)
    {
        // The page may be embedded nowhere and may run only its own script: the address is often forwarded through a browser on a LAN.
        context.Response.Headers.XFrameOptions = "DENY";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        if (IPAddress.IsLoopback(address.Address) && !IsOwnName(context.Request.Host))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            await context.Response.WriteAsync("Ask by IP address or as localhost.\n", context.RequestAborted);
            return;
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }
        switch (context.Request.Path.Value)
        {
            case "/":
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.Body.WriteAsync(Page, context.RequestAborted);
                break;
            case "/status":
                context.Response.ContentType = "application/json";
                await JsonSerializer.SerializeAsync(context.Response.Body, status(), DashboardJson.Default.MinerStatus, context.RequestAborted);
                break;
            case "/healthz":
                await context.Response.WriteAsync("ok\n", context.RequestAborted);
                break;
            case "/readyz":
                var ready = status().Ready;
                context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsync(ready ? "ready\n" : "not ready\n", context.RequestAborted);
                break;
            case { } path when path.StartsWith(AdmissionPath, StringComparison.Ordinal):
                await ExplainAsync(context, path[AdmissionPath.Length..]);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    async Task ExplainAsync(HttpContext context, string address)
    {
        if (!Hotkey.TryParse(address, out var hotkey))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("Name a hotkey by its SS58 address of format 42.\n", context.RequestAborted);
            return;
        }
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, explain(hotkey), DashboardJson.Default.AdmissionExplanation, context.RequestAborted);
    }

    /// <summary>A page from elsewhere can point a name of its own here and read along; it cannot make the browser send another name.</summary>
    static bool IsOwnName(HostString host) =>
        !host.HasValue || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Host, out _);

    static readonly byte[] Page = ReadPage();

    /// <summary>The page is in this build.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static void EnsurePage() => ReadPage();

    static byte[] ReadPage()
    {
        using var stream = typeof(AdminServer).Assembly.GetManifestResourceStream("ComputeMiner.Dashboard.dashboard.html")
            ?? throw new InvalidOperationException("The dashboard page is not embedded in this build.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    static partial class Log
    {
        [LoggerMessage(6010, LogLevel.Information, "Status and dashboard on {Url}")]
        public static partial void Listening(ILogger logger, string url);
    }
}
