using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DevNet.Tests.Rpc;

/// <summary>A bare WebSocket: what is sent is what the test wrote, what comes back is seen in its order.</summary>
sealed class RpcClient : IAsyncDisposable
{
    readonly ClientWebSocket _socket = new();
    readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(20));
    int _id;

    public static async Task<RpcClient> ConnectAsync(DevChain chain)
    {
        var client = new RpcClient();
        await client._socket.ConnectAsync(chain.Endpoint, client._patience.Token);
        return client;
    }

    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _patience.Token);

    public async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16384];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(buffer.AsMemory(), _patience.Token);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    /// <summary>Sends a request and returns the next frame, which must be its reply.</summary>
    public async Task<JsonNode> AskAsync(string method, params JsonNode?[] parameters)
    {
        var id = ++_id;
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = new JsonArray(parameters) }.ToJsonString());
        var reply = await ReceiveAsync();
        Assert.Equal(id, (int?)reply["id"]);
        return reply;
    }

    public async Task<JsonNode?> ResultAsync(string method, params JsonNode?[] parameters)
    {
        var reply = await AskAsync(method, parameters);
        Assert.Null(reply["error"]);
        return reply["result"];
    }

    public async Task<string> TextAsync(string method, params JsonNode?[] parameters) => (string)(await ResultAsync(method, parameters))!;

    public async Task<int> ErrorAsync(string method, params JsonNode?[] parameters) => (int)(await AskAsync(method, parameters))["error"]!["code"]!;

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _patience.Token);
        _socket.Dispose();
        _patience.Dispose();
    }
}
