using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Updates;

/// <summary>Files over HTTP on this machine, with entity tags; the test says what lies where and what goes wrong.</summary>
sealed class FileServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, byte[]> _files = new();

    FileServer(WebApplication app) => _app = app;

    /// <summary>Answers this status to everything while it is not 0.</summary>
    public int Fault { get; set; }

    /// <summary>Closes the connection after so many bytes of a file while it is not null.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Where a file is to be found instead; answered with 302.</summary>
    public ConcurrentDictionary<string, string> Moved { get; } = new();

    /// <summary>While it is not complete, a file's answer stops after its first bytes.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The status of each answer with its path.</summary>
    public ConcurrentQueue<(string Path, int Status)> Answers { get; } = new();

    public Uri Root => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");

    public static async Task<FileServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new FileServer(builder.Build());
        server._app.MapGet("/{name}", (string name, HttpContext context) => server.AnswerAsync(name, context));
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public Uri Put(string name, byte[] content)
    {
        _files[name] = content;
        return new Uri(Root, name);
    }

    public Uri Put(string name, string content) => Put(name, System.Text.Encoding.UTF8.GetBytes(content));

    public int Count(string path, int status) => Answers.Count(answer => answer == (path, status));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task AnswerAsync(string name, HttpContext context)
    {
        var response = context.Response;
        if (Moved.TryGetValue(name, out var place))
        {
            response.Redirect(place);
            return;
        }
        var content = _files.GetValueOrDefault(name);
        var tag = content is null ? "" : $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))}\"";
        response.StatusCode = Fault != 0 ? Fault
            : content is null ? 404
            : context.Request.Headers.IfNoneMatch == tag ? 304
            : 200;
        Answers.Enqueue((name, response.StatusCode));
        if (response.StatusCode != 200)
            return;
        response.Headers.ETag = tag;
        if (!Gate.IsCompleted)
        {
            await response.Body.WriteAsync(content.AsMemory(0, 1), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await Gate.WaitAsync(context.RequestAborted);
            await response.Body.WriteAsync(content.AsMemory(1), context.RequestAborted);
            return;
        }
        if (CutAfter is not { } length)
        {
            await response.Body.WriteAsync(content);
            return;
        }
        response.ContentLength = content!.Length;
        await response.Body.WriteAsync(content.AsMemory(0, length));
        await response.Body.FlushAsync();
        context.Abort();
    }
}
