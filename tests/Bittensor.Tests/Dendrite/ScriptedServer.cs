using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bittensor.Tests.Dendrite;

/// <summary>Reads one request per connection and answers with the bytes it was given, then closes.</summary>
sealed class ScriptedServer : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly byte[]? _answer;

    /// <param name="answer">What to send; null: nothing, and the connection stays open.</param>
    public ScriptedServer(byte[]? answer)
    {
        _answer = answer;
        _listener.Start();
        Requests = Task.Run(ServeAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The first request's bytes, one character per byte.</summary>
    public Task<string> Requests { get; }

    public void Dispose() => _listener.Dispose();

    async Task<string> ServeAsync()
    {
        var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[8192];
        while (!IsComplete(request.ToString()))
        {
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            request.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        if (_answer is not null)
        {
            await stream.WriteAsync(_answer, TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            // Reads until the dendrite closes too, so that the answer is not cut off by a reset.
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
            client.Dispose();
        }
        return request.ToString();
    }

    static bool IsComplete(string request)
    {
        const string Length = "Content-Length: ";
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return false;
        var at = request.IndexOf(Length, StringComparison.Ordinal) + Length.Length;
        return request.Length >= head + 4 + int.Parse(request.AsSpan(at, request.IndexOf('\r', at) - at));
    }
}
