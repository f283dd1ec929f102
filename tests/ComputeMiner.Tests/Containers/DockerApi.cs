using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace ComputeMiner.Tests.Containers;

/// <summary>The Docker Engine as anybody else on the machine reaches it, without a line of the miner.</summary>
sealed class DockerApi(string socket) : IDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var line = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await line.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            return new NetworkStream(line, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker/v1.41/"),
    };

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : default;
    }

    /// <summary>Objects of a kind that carry a label.</summary>
    public async Task<IReadOnlyList<JsonElement>> FindAsync(string kind, string label)
    {
        var filters = Uri.EscapeDataString(JsonSerializer.Serialize(new Dictionary<string, string[]> { ["label"] = [label] }));
        var found = await GetAsync($"{kind}?all=1&filters={filters}");
        if (kind == "volumes")
            found = found.GetProperty("Volumes");
        return found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray()] : [];
    }

    public async Task PostAsync(string path, string body = "{}")
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await _http.DeleteAsync(new Uri(path, UriKind.Relative));
    }

    public void Dispose() => _http.Dispose();
}
