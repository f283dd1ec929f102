using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Bittensor.Axon.Transport;

/// <summary>
/// A connection on an <see cref="EventLoop"/>: carries bytes between its socket and the two pipes that Kestrel reads and writes. Both
/// pipes go on where they are: on the loop's thread a request is read, answered and sent without another thread.
/// </summary>
sealed class LoopConnection : DefaultConnectionContext
{
    /// <summary>What is taken in before somebody reads it, and made before the peer takes it.</summary>
    public const int Limit = 64 * 1024;

    /// <summary>A request with its head fits; who sends more gets his next turn after the others.</summary>
    const int ReadSize = 4096;

    static readonly PipeOptions Pipes = new(
        null, PipeScheduler.Inline, PipeScheduler.Inline, Limit, Limit / 2, ReadSize, useSynchronizationContext: false);

    static long s_last;

    readonly Socket _socket;
    readonly EventLoop _loop;
    readonly Readiness _readable = new();
    readonly Readiness _writable = new();
    readonly CancellationTokenSource _closed = new();
    readonly PipeWriter _received;
    readonly PipeReader _toSend;
    readonly Task _receiving;
    readonly Task _sending;
    int _isClosed;
    volatile bool _isEnding;
    volatile bool _hasPeerEnded;
    volatile Exception? _reason;

    /// <param name="socket">A connected socket, which the connection closes.</param>
    /// <param name="loop">The thread that serves it.</param>
    /// <exception cref="SocketException">The socket is already broken.</exception>
    public LoopConnection(Socket socket, EventLoop loop)
        : base(Interlocked.Increment(ref s_last).ToString("x", CultureInfo.InvariantCulture))
    {
        (_socket, _loop) = (socket, loop);
        (socket.Blocking, socket.NoDelay) = (false, true);
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        ConnectionClosed = _closed.Token;
        var (input, output) = (new Pipe(Pipes), new Pipe(Pipes));
        (_received, _toSend) = (input.Writer, output.Reader);
        Transport = new Ends(input.Reader, output.Writer);
        Application = new Ends(_toSend, _received);
        _sending = SendAsync();
        _receiving = ReceiveAsync();
    }

    /// <summary>The loop's name for it.</summary>
    public long Key { get; set; }

    public SafeSocketHandle Handle => _socket.SafeHandle;

    /// <param name="mayRead">There is something to read.</param>
    /// <param name="mayWrite">There is room to write.</param>
    /// <param name="isEnding">Nothing new will come: what is there has to be read to its end.</param>
    public void Signal(bool mayRead, bool mayWrite, bool isEnding)
    {
        _isEnding |= isEnding;
        if (mayWrite)
            _writable.Signal();
        if (mayRead)
            _readable.Signal();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _reason ??= abortReason;
        // Who has said his last word gets an orderly end.
        Close(orderly: _hasPeerEnded);
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await _sending;
        await _receiving;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    async Task ReceiveAsync()
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                await _readable;
                var memory = _received.GetMemory(ReadSize);
                var count = _socket.Receive(memory.Span, SocketFlags.None, out var error);
                if (error is not (SocketError.Success or SocketError.WouldBlock))
                    throw new ConnectionResetException("The connection broke.", new SocketException((int)error));
                _hasPeerEnded = error == SocketError.Success && count == 0;
                if (_hasPeerEnded)
                    break;
                _received.Advance(count);
                var flush = await _received.FlushAsync();
                if (flush.IsCompleted)
                    break;
                // A short read has emptied the socket, and what comes later is news; but the end may have come together with the last bytes.
                if (count == memory.Length || (_isEnding && error == SocketError.Success))
                    ReadOn();
            }
        }
        catch (ObjectDisposedException e)
        {
            // An answer was the last one, or could not be sent. Kestrel knows the end of a connection by this type and takes any other for a fault.
            fault = new ConnectionResetException("The connection is closed.", e);
        }
        catch (Exception e) // The edge: the reader of the pipe hears of it.
        {
            fault = e;
        }
        await _received.CompleteAsync(_reason ?? fault);
        // Not on this thread: what is registered there may take its time.
        await _closed.CancelAsync();
    }

    void ReadOn()
    {
        if (_loop.IsHere)
            _loop.SignalLater(_readable);
        else
            _readable.Signal();
    }

    async Task SendAsync()
    {
        var isBroken = false;
        try
        {
            while (true)
            {
                var read = await _toSend.ReadAsync();
                if (read.IsCanceled)
                    break;
                foreach (var segment in read.Buffer)
                    await SendAsync(segment);
                _toSend.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception) // The edge: that nobody takes it any more is all that the writer of the pipe is told.
        {
            isBroken = true;
        }
        Close(orderly: !isBroken);
        await _toSend.CompleteAsync();
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = _socket.Send(bytes.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                bytes = bytes[count..];
            else if (error == SocketError.WouldBlock)
                await _writable;
            else
                throw new SocketException((int)error);
        }
    }

    void Close(bool orderly)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        _loop.Forget(this);
        try
        {
            if (orderly)
                _socket.Shutdown(SocketShutdown.Both);
            else
                _socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // The peer was quicker.
        }
        _socket.Dispose();
        // Not on this thread: who closes may hold a lock, and what goes on then is Kestrel's.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.End(), this, preferLocal: false);
    }

    void End()
    {
        _toSend.CancelPendingRead();
        Signal(mayRead: true, mayWrite: true, isEnding: true);
    }

    sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
