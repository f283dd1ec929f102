using System.Diagnostics;
using System.Net.Sockets;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>
/// One kept-alive connection that keeps a number of requests under way and notes how long each answer took. Beyond one they are
/// pipelined: what may be sent goes out in one piece.
/// </summary>
sealed class LoadConnection : IDisposable
{
    readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    readonly AnswerReader _answers = new();
    readonly Queue<long> _sentAt = [];
    readonly SignedRequests _requests;
    readonly int _depth;
    int _next;
    int _end;

    public LoadConnection(AxonTarget target, Keypair caller, int requests, int depth)
    {
        _requests = new SignedRequests(target, caller, requests);
        _depth = depth;
        _socket.Connect(target.EndPoint);
    }

    public Socket Socket => _socket;

    /// <summary>Milliseconds from the first byte sent to the last byte read, per measured request.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Measured answers by HTTP status.</summary>
    public Dictionary<int, int> Statuses { get; } = [];

    public bool IsDone => _next == _end && _sentAt.Count == 0;

    /// <summary>Sends the first of the next <paramref name="count"/> requests; <see cref="Advance"/> sends the rest as answers come.</summary>
    public void Begin(int count)
    {
        _end = _next + count;
        Send();
    }

    /// <summary>Takes the answers that are there and sends as many requests.</summary>
    public void Advance(bool measured)
    {
        var read = _socket.Receive(_answers.Free.Span);
        if (read == 0)
            throw new IOException("The axon closed the connection.");
        _answers.Filled(read);
        while (_answers.TryRead(out var status))
        {
            var sent = _sentAt.Dequeue();
            if (!measured)
                continue;
            Latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            Statuses[status] = Statuses.GetValueOrDefault(status) + 1;
        }
        // A batch at a time: refilling one by one would be a connection without pipelining that has a head start.
        if (_sentAt.Count <= _depth / 2)
            Send();
    }

    public void Dispose() => _socket.Dispose();

    void Send()
    {
        var count = Math.Min(_end - _next, _depth - _sentAt.Count);
        if (count == 0)
            return;
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
            _sentAt.Enqueue(now);
        _socket.Send(_requests.Range(_next, _next + count));
        _next += count;
    }
}
