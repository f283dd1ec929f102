using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevNet.Registry;

/// <summary>The service's two addresses, <c>/graphql</c> and a run's <c>file_stream</c>, over HTTP on the loopback interface.</summary>
sealed class RegistryServer : IAsyncDisposable
{
    const int LargestBody = 16 << 20;

    readonly WebApplication _app;
    readonly RegistryRequests _requests;
    readonly CancellationTokenSource _stopping = new();

    RegistryServer(WebApplication app, RegistryRequests requests) => (_app, _requests) = (app, requests);

    public Uri Endpoint { get; private set; } = null!;

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RegistryServer> StartAsync(int port, RegistryRequests requests, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var server = new RegistryServer(builder.Build(), requests);
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync(cancellation);
        server.Endpoint = new Uri(server._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    async Task ServeAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted);
        try
        {
            // A page in a browser on this machine may send any other without asking.
            if (!context.Request.HasJsonContentType())
            {
                await SendAsync(context, StatusCodes.Status415UnsupportedMediaType, """{"errors":[{"message":"the body is no application/json"}]}""", "application/json", null, ending.Token);
                return;
            }
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync(ending.Token);
            await AnswerAsync(context, body, ending.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (BadHttpRequestException fault)
        {
            context.Response.StatusCode = fault.StatusCode;
        }
    }

    async Task AnswerAsync(HttpContext context, string body, CancellationToken cancellation)
    {
        var call = RegistryCall.Read(context.Request.Method, context.Request.Path.Value ?? "", body);
        var (fault, cleared) = _requests.Note(call, context.Request.Headers.Authorization.ToString(), context.Request.Headers.UserAgent.ToString(), body);
        switch (fault?.Kind)
        {
            case DevRegistryFault.FaultKind.Hang:
                await cleared.WaitAsync(cancellation);
                context.Abort();
                return;
            case DevRegistryFault.FaultKind.Reset:
                context.Abort();
                return;
            case DevRegistryFault.FaultKind.Answer:
                if (fault.IsDate)
                    context.Response.Headers.RetryAfter = fault.RetryAfter;
                await SendAsync(context, fault.Code, fault.Body, fault.ContentType, fault.IsDate ? null : fault.RetryAfter, cancellation);
                return;
        }
        var (status, answer, wait) = _requests.Answer(call, context.Request.Headers.Authorization.ToString());
        if (fault?.Kind == DevRegistryFault.FaultKind.LostAnswer)
        {
            context.Abort();
            return;
        }
        var text = answer.ToJsonString();
        if (fault?.Kind == DevRegistryFault.FaultKind.Truncated)
            text = text[..(text.Length / 2)];
        var pause = fault?.Kind == DevRegistryFault.FaultKind.UsedUp ? fault.RetryAfter : wait is { } rest ? Math.Max(1, Math.Ceiling(rest.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null;
        await SendAsync(context, status, text, "application/json", pause, cancellation);
    }

    static async Task SendAsync(HttpContext context, int status, string body, string contentType, string? retryAfter, CancellationToken cancellation)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        if (retryAfter is not null)
        {
            if (status != StatusCodes.Status200OK)
                context.Response.Headers.RetryAfter = retryAfter;
            context.Response.Headers["RateLimit-Remaining"] = "0";
            context.Response.Headers["RateLimit-Reset"] = retryAfter;
        }
        await context.Response.WriteAsync(body, cancellation);
    }
}
