using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using ComputeMiner.Updates;

namespace ComputeMiner.Tests.Updates;

public sealed class WebFileTests
{
    /// <summary>A server elsewhere must not have this machine ask what listens on it for this machine only.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:PORT/secret")]
    [InlineData("http://localhost:PORT/secret")]
    [InlineData("http://[::1]:PORT/secret")]
    [InlineData("https://127.0.0.1:PORT/secret")]
    public async Task ReadAsync_MovedFromElsewhereToThisMachine_IsNotFollowed(string target)
    {
        await using var server = await FileServer.StartAsync();
        server.Put("secret", "of this machine");
        server.Moved["file"] = target.Replace("PORT", server.Root.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        using var http = ClientFor(server);

        var fault = await Assert.ThrowsAsync<WebFileException>(() => ReadAsync(http, "http://releases.example/file"));

        Assert.Equal("a redirection to this machine", fault.Message);
        Assert.Equal(0, server.Count("secret", 200));
    }

    [Fact]
    public async Task ReadAsync_MovedElsewhere_IsFollowed()
    {
        await using var server = await FileServer.StartAsync();
        server.Put("there", "content");
        server.Moved["file"] = "http://elsewhere.example/there";
        using var http = ClientFor(server);

        Assert.Equal("content"u8.ToArray(), (await ReadAsync(http, "http://releases.example/file"))!.Value.Content);
    }

    static Task<(byte[] Content, string? ETag)?> ReadAsync(HttpClient http, string url) =>
        WebFile.ReadAsync(http, new Uri(url), null, 1000, TestContext.Current.CancellationToken);

    /// <summary>As the program's own, but every name leads to the server.</summary>
    static HttpClient ClientFor(FileServer server) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Root.Port), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("tests", "1") } },
    };
}
