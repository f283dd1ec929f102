using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Tests.Substrate;

/// <summary>One client of a <see cref="ScriptedNode"/>.</summary>
sealed class ScriptedPeer(WebSocket socket, HttpContext context) : IDisposable
{
    readonly SemaphoreSlim _sending = new(1, 1);

    public Task ReplyAsync(JsonElement request, JsonNode? result) => SendAsync(Reply(request, result));

    public Task ErrorAsync(JsonElement request, int code, string message, string? data = null) => SendAsync(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = request.GetProperty("id").GetInt64(),
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["data"] = data },
    }.ToJsonString());

    public Task NotifyAsync(string method, string subscription, JsonNode? result) => SendAsync(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = method,
        ["params"] = new JsonObject { ["subscription"] = subscription, ["result"] = result?.DeepClone() },
    }.ToJsonString());

    /// <summary>Sends text as it is, in frames of at most <paramref name="fragment"/> bytes.</summary>
    public async Task SendAsync(string text, int fragment = int.MaxValue)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await _sending.WaitAsync();
        try
        {
            for (var start = 0; start < bytes.Length;)
            {
                var length = Math.Min(fragment, bytes.Length - start);
                await socket.SendAsync(
                    bytes.AsMemory(start, length), WebSocketMessageType.Text, endOfMessage: start + length == bytes.Length, CancellationToken.None);
                start += length;
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Cut()
    {
        try
        {
            context.Abort();
        }
        catch (Exception fault) when (fault is ObjectDisposedException or NullReferenceException)
        {
            // The client was faster; a context whose request is over has lost its features.
        }
    }

    public void Dispose() => _sending.Dispose();

    public static string Reply(JsonElement request, JsonNode? result) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = request.GetProperty("id").GetInt64(),
        ["result"] = result?.DeepClone(),
    }.ToJsonString();
}
