using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>
/// One kept-alive connection that sends requests signed beforehand, one after the other, and notes how long each answer took. It
/// has a dendrite of its own, because an axon takes the nonces of one dendrite only in rising order.
/// </summary>
sealed class LoadConnection : IDisposable
{
    // The longest an axon believes: requests are signed some seconds before they are sent.
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly byte[][] _requests;
    readonly byte[] _buffer = new byte[64 * 1024];
    readonly AxonTarget _target;

    public LoadConnection(AxonTarget target, Keypair caller, int requests)
    {
        _target = target;
        using var dendrite = new DendriteClient(caller, new DendriteOptions());
        _requests = new byte[requests][];
        for (var i = 0; i < requests; i++)
            _requests[i] = Encode(dendrite.Build(target, new AllocateSynapse { Timeline = 1, Checking = true }, Timeout));
        Latencies = new double[requests];
    }

    /// <summary>Milliseconds from the first byte sent to the last byte read, per request.</summary>
    public double[] Latencies { get; }

    /// <summary>Answers by HTTP status.</summary>
    public Dictionary<int, int> Statuses { get; } = [];

    public Task ConnectAsync() => _socket.ConnectAsync(_target.EndPoint);

    public async Task RunAsync()
    {
        for (var i = 0; i < _requests.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await _socket.SendAsync(_requests[i]);
            var status = await ReadAnswerAsync();
            Latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
        }
    }

    public void Dispose() => _socket.Dispose();

    async Task<int> ReadAnswerAsync()
    {
        var length = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The axon closed the connection.");
            length += read;
            if (TotalLength(_buffer.AsSpan(0, length)) is { } total && length >= total)
                return int.Parse(_buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
        }
    }

    static int? TotalLength(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return null;
        foreach (var line in Encoding.ASCII.GetString(answer[..head]).Split("\r\n"))
        {
            if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
                return head + 4 + int.Parse(line.AsSpan("content-length:".Length), CultureInfo.InvariantCulture);
        }
        throw new IOException("The answer has no Content-Length.");
    }

    static byte[] Encode(DendriteRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"POST {request.Path} HTTP/1.1\r\nHost: {request.EndPoint}\r\n");
        foreach (var (name, value) in request.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Accept: */*\r\nContent-Length: {Encoding.UTF8.GetByteCount(request.Body)}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Content-Type: {request.ContentType}\r\n\r\n{request.Body}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
