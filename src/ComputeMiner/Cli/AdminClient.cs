using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ComputeMiner.Cli;

/// <summary>Asks the running miner at its admin address.</summary>
static class AdminClient
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The document at a path; null when no miner answers there.</summary>
    public static async Task<T?> TryReadAsync<T>(IPEndPoint address, string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        // Never through a proxy: the miner is on this machine or at an address named for it.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(handler) { Timeout = Patience };
        try
        {
            await using var answer = await http.GetStreamAsync(new Uri($"http://{address}{path}"), cancellation);
            return await JsonSerializer.DeserializeAsync(answer, type, cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
