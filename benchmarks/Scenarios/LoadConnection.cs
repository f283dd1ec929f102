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
    readonly Queue<byte[]> _requests = [];
    readonly byte[] _buffer = new byte[64 * 1024];

    public LoadConnection(AxonTarget target, Keypair caller, int requests)
    {
        using var dendrite = new DendriteClient(caller, new DendriteOptions());
        for (var i = 0; i < requests; i++)
            _requests.Enqueue(Encode(dendrite.Build(target, new AllocateSynapse { Timeline = 1, Checking = true }, Timeout)));
        _socket.Connect(target.EndPoint);
    }

    /// <summary>Milliseconds from the first byte sent to the last byte read, per measured request.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Measured answers by HTTP status.</summary>
    public Dictionary<int, int> Statuses { get; } = [];

    /// <summary>Sends the next <paramref name="count"/> requests, each when the one before is answered.</summary>
    public void Send(int count, bool measured)
    {
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _socket.Send(_requests.Dequeue());
            var status = ReadAnswer();
            if (!measured)
                continue;
            Latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
        }
    }

    public void Dispose() => _socket.Dispose();

    int ReadAnswer()
    {
        var length = 0;
        while (true)
        {
            var read = _socket.Receive(_buffer.AsSpan(length));
            if (read == 0)
                throw new IOException("The axon closed the connection.");
            length += read;
            if (TotalLength(_buffer.AsSpan(0, length)) is { } total && length >= total)
                return int.Parse(_buffer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        }
    }

    static int? TotalLength(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return null;
        var field = "\r\nContent-Length: "u8;
        var at = answer[..head].IndexOf(field);
        if (at < 0)
            throw new IOException("The answer has no Content-Length.");
        var value = answer[(at + field.Length)..(head + 2)];
        return head + 4 + int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
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
