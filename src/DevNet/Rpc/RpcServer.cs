using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevNet.Rpc;

/// <summary>A WebSocket server on the loopback interface; every connection is a session of its own.</summary>
sealed class RpcServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly CancellationTokenSource _stopping = new();

    RpcServer(WebApplication app) => _app = app;

    public Uri Endpoint { get; private set; } = null!;

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<RpcServer> StartAsync(int port, RpcDispatcher dispatcher, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var server = new RpcServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(context => server.ServeAsync(context, dispatcher));
        await server._app.StartAsync(cancellation);
        var address = server._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        server.Endpoint = new UriBuilder(address) { Scheme = "ws" }.Uri;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    async Task ServeAsync(HttpContext context, RpcDispatcher dispatcher)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            await context.Response.WriteAsync("This port speaks JSON-RPC over WebSocket only.\n", _stopping.Token);
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, context.RequestAborted);
        try
        {
            await new RpcSession(socket, dispatcher).RunAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The server stops or the client is gone: both end the session.
            socket.Abort();
        }
    }
}
