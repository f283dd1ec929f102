using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bittensor.Tests.Substrate;

/// <summary>A WebSocket server on a real port that answers JSON-RPC as its script says, right or wrong.</summary>
sealed class ScriptedNode : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<ScriptedPeer, bool> _peers = new();

    readonly ConcurrentDictionary<string, int> _answered = new();
    readonly SemaphoreSlim _answer = new(0);

    ScriptedNode(WebApplication app) => _app = app;

    /// <summary>Answers a request; whatever it sends, and in whatever order, goes out as it is.</summary>
    public required Func<ScriptedPeer, JsonElement, Task> Script { get; set; }

    /// <summary>HTTP status instead of a WebSocket, while set.</summary>
    public int? Refusal { get; set; }

    public ConcurrentQueue<string> Methods { get; } = [];

    public int Connections { get; private set; }

    public Uri Endpoint { get; private set; } = null!;

    public IEnumerable<ScriptedPeer> Peers => _peers.Keys;

    public static async Task<ScriptedNode> StartAsync(Func<ScriptedPeer, JsonElement, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var node = new ScriptedNode(app) { Script = script };
        app.UseWebSockets();
        app.Run(node.ServeAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        node.Endpoint = new Uri(address.Replace("http://", "ws://", StringComparison.Ordinal));
        return node;
    }

    /// <summary>Waits until a method was asked for, and answered, so many times.</summary>
    public async Task SeenAsync(string method, CancellationToken cancellation, int times = 1)
    {
        while (_answered.GetValueOrDefault(method) < times)
            await _answer.WaitAsync(cancellation);
    }

    /// <summary>Cuts every connection without a word.</summary>
    public void CutAll()
    {
        foreach (var peer in _peers.Keys)
            peer.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        CutAll();
        await _app.DisposeAsync();
        _answer.Dispose();
    }

    async Task ServeAsync(HttpContext context)
    {
        if (Refusal is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var peer = new ScriptedPeer(socket, context);
        Connections++;
        _peers[peer] = true;
        try
        {
            while (await ReceiveAsync(socket) is { } request)
            {
                Methods.Enqueue(request.GetProperty("method").GetString()!);
                await Script(peer, request);
                _answered.AddOrUpdate(request.GetProperty("method").GetString()!, 1, (_, count) => count + 1);
                _answer.Release();
            }
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or OperationCanceledException)
        {
            // The peer went away, as peers do.
        }
        finally
        {
            _peers.TryRemove(peer, out _);
        }
    }

    static async Task<JsonElement?> ReceiveAsync(WebSocket socket)
    {
        var message = new MemoryStream();
        var buffer = new byte[16384];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }
}
