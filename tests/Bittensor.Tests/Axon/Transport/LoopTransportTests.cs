using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Bittensor.Axon.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Axon.Transport;

/// <summary>The connections of an axon, without HTTP: one loop, real sockets.</summary>
public sealed class LoopTransportTests : IAsyncLifetime
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    IConnectionListener _listener = null!;

    public async ValueTask InitializeAsync() =>
        _listener = await new LoopTransport(NullLogger.Instance, loops: 1).BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancellation);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Connection_MegabytesBothWaysAndASlowReader_ArriveWhole()
    {
        var (peer, connection) = await ConnectAsync();
        using var _ = peer;
        await using var __ = connection;
        var sent = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(sent);

        var echo = EchoAsync(connection);
        var sending = SendAllAsync(peer, sent);
        // The echo fills all buffers on its way back before anything is taken.
        await Condition.UntilAsync(() => peer.Available > 0);
        var received = new byte[sent.Length];
        for (var count = 0; count < received.Length;)
            count += await peer.ReceiveAsync(received.AsMemory(count), Cancellation);

        await sending;
        Assert.Equal(sent, received);
        peer.Shutdown(SocketShutdown.Send);
        await echo;
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task Connection_PeerEnds_TheRestIsReadAndTheLastWordStillArrives()
    {
        var (peer, connection) = await ConnectAsync();
        using var _ = peer;
        await using var __ = connection;

        await peer.SendAsync("question"u8.ToArray(), Cancellation);
        peer.Shutdown(SocketShutdown.Send);
        Assert.Equal("question"u8.ToArray(), await ReadToEndAsync(connection));
        await Condition.UntilAsync(() => connection.ConnectionClosed.IsCancellationRequested);
        await connection.Transport.Output.WriteAsync("answer"u8.ToArray(), Cancellation);
        await connection.Transport.Output.CompleteAsync();

        var buffer = new byte[16];
        Assert.Equal(6, await peer.ReceiveAsync(buffer, Cancellation));
        Assert.Equal(0, await peer.ReceiveAsync(buffer, Cancellation));
    }

    [Fact]
    public async Task Connection_PeerResets_ReaderAndWriterHearOfIt()
    {
        var (peer, connection) = await ConnectAsync();
        await using var _ = connection;
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();

        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync(Cancellation));
        await Condition.UntilAsync(() => connection.ConnectionClosed.IsCancellationRequested);
        await Condition.UntilAsync(() => connection.Transport.Output.WriteAsync("late"u8.ToArray(), Cancellation).AsTask().Result.IsCompleted);
    }

    /// <summary>Kestrel takes any other fault for one of its own, and warns of each.</summary>
    [Fact]
    public async Task Connection_PeerResetsAndAnAnswerFailsFirst_TheReaderHearsOfAReset()
    {
        var (peer, connection) = await ConnectAsync();
        await using var _ = connection;
        var input = connection.Transport.Input;
        await SendAllAsync(peer, new byte[LoopConnection.Limit + 1]);
        // The socket is not looked at any more until something of that is taken.
        await Condition.UntilAsync(() => Unread(input) >= LoopConnection.Limit);
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
        await Condition.UntilAsync(() => connection.Transport.Output.WriteAsync("late"u8.ToArray(), Cancellation).AsTask().Result.IsCompleted);

        await Assert.ThrowsAsync<ConnectionResetException>(() => DrainAsync(connection, () => { }));
    }

    [Fact]
    public async Task Abort_PeerHasNotEnded_ResetsItAndGivesTheReason()
    {
        var (peer, connection) = await ConnectAsync();
        using var _ = peer;
        await using var __ = connection;
        var reading = connection.Transport.Input.ReadAsync(Cancellation).AsTask();

        connection.Abort(new ConnectionAbortedException("No room."));

        Assert.Equal("No room.", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading)).Message);
        var fault = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1], Cancellation));
        Assert.Equal(SocketError.ConnectionReset, fault.SocketErrorCode);
    }

    [Fact]
    public async Task Abort_WhileThePeerTakesNothing_EndsWithoutHim()
    {
        var (peer, connection) = await ConnectAsync();
        using var _ = peer;
        var writing = Task.Run(
            async () =>
            {
                while (!(await connection.Transport.Output.WriteAsync(new byte[65536], Cancellation)).IsCompleted)
                {
                }
            },
            Cancellation);
        await Condition.UntilAsync(() => peer.Available > 0);

        connection.Abort(new ConnectionAbortedException("Too slow."));

        await writing;
        await connection.DisposeAsync();
        Assert.True(connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task Loop_OneConnectionNeverStopsSending_TheOtherIsServed()
    {
        var (greedy, first) = await ConnectAsync();
        var (modest, second) = await ConnectAsync();
        using var _ = greedy;
        using var __ = modest;
        using var stop = new CancellationTokenSource();
        var junk = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    greedy.Send(new byte[65536]);
            },
            Cancellation);
        // What is read takes longer than sending it, so the loop never finds this socket empty.
        var reading = DrainAsync(first, () => Thread.SpinWait(20_000));
        var echo = EchoAsync(second);

        for (var i = 0; i < 20; i++)
        {
            await modest.SendAsync("?"u8.ToArray(), Cancellation);
            Assert.Equal(1, await modest.ReceiveAsync(new byte[1], Cancellation));
        }

        await stop.CancelAsync();
        await junk;
        greedy.Shutdown(SocketShutdown.Send);
        modest.Shutdown(SocketShutdown.Send);
        await Task.WhenAll(reading, echo);
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Unbind_WhileAccepting_NothingMoreComes()
    {
        var accepting = _listener.AcceptAsync(Cancellation).AsTask();

        await _listener.UnbindAsync(Cancellation);

        Assert.Null(await accepting);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(_listener.EndPoint, Cancellation).AsTask());
    }

    [Fact]
    public async Task Bind_PortTaken_SaysSo() => await Assert.ThrowsAsync<AddressInUseException>(
        async () => await new LoopTransport(NullLogger.Instance, loops: 1).BindAsync(_listener.EndPoint, Cancellation));

    async Task<(Socket Peer, ConnectionContext Connection)> ConnectAsync()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(_listener.EndPoint, Cancellation);
        return (peer, (await _listener.AcceptAsync(Cancellation))!);
    }

    static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, Cancellation)..];
    }

    static async Task EchoAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync(Cancellation);
            foreach (var segment in read.Buffer)
                await output.WriteAsync(segment, Cancellation);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }
        await output.CompleteAsync();
    }

    static long Unread(PipeReader input)
    {
        if (!input.TryRead(out var read))
            return 0;
        input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return read.Buffer.Length;
    }

    static async Task DrainAsync(ConnectionContext connection, Action work)
    {
        var read = await connection.Transport.Input.ReadAsync(Cancellation);
        while (!read.IsCompleted)
        {
            work();
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            read = await connection.Transport.Input.ReadAsync(Cancellation);
        }
    }

    static async Task<byte[]> ReadToEndAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(Cancellation);
            if (read.IsCompleted)
                return read.Buffer.ToArray();
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
