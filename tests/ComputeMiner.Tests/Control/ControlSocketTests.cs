using System.Net.Sockets;
using System.Text;
using ComputeMiner.Control;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Control;

public sealed class ControlSocketTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly FakeTimeProvider _time = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task AskAsync_Running_IsAnswered()
    {
        using var socket = await StartAsync();

        var reply = await ControlClient.AskAsync(_directory, new ControlRequest("echo", "an id"), Cancellation);

        Assert.Equal(new ControlReply(true, "echo an id"), reply);
    }

    [Fact]
    public async Task AskAsync_NobodyListens_IsNull()
    {
        Assert.Null(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));

        using (await StartAsync())
            Assert.NotNull(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));
        Assert.Null(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));
        Assert.Null(await ControlClient.AskAsync(Path.Combine(_directory, new string('x', 120)), new ControlRequest("echo"), Cancellation));
    }

    [Fact]
    public async Task Listen_LeftoverOfAKilledProcess_IsReplacedAndPrivate()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            left.Bind(new UnixDomainSocketEndPoint(ControlSocket.PathIn(_directory)));
        await File.WriteAllTextAsync(ControlSocket.PathIn(_directory), "left", Cancellation);

        using var socket = await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ControlSocket.PathIn(_directory)));
        Assert.NotNull(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));
    }

    [Fact]
    public void Listen_PathTooLong_NamesTheFlag()
    {
        using var socket = new ControlSocket(
            Path.Combine(_directory, new string('x', 120)), (_, _) => Task.FromResult(new ControlReply(true)), _time, NullLogger<ControlSocket>.Instance);

        Assert.Contains("--state.dir", Assert.Throws<StartupException>(socket.Listen).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("nonsense\n")]
    [InlineData("null\n")]
    [InlineData("{}\n")]
    [InlineData("{\"command\":5}\n")]
    [InlineData("{\"command\":\"echo\"")]
    [InlineData("")]
    public async Task Serve_NoRequest_IsCutOffAndTheNextIsAnswered(string sent)
    {
        using var socket = await StartAsync();
        using (var stranger = await ConnectAsync())
        {
            await stranger.SendAsync(Encoding.UTF8.GetBytes(sent), Cancellation);
            stranger.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await stranger.ReceiveAsync(new byte[10], Cancellation));
        }

        Assert.NotNull(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));
    }

    [Fact]
    public async Task Serve_EndlessLine_IsCutOff()
    {
        using var socket = await StartAsync();
        using var stranger = await ConnectAsync();

        await stranger.SendAsync(new byte[ControlSocket.LongestLine], Cancellation);

        Assert.Equal(0, await stranger.ReceiveAsync(new byte[10], Cancellation));
    }

    [Fact]
    public async Task Serve_CallerThatSaysNothing_IsCutOffInTime()
    {
        using var socket = await StartAsync();
        using var silent = await ConnectAsync();
        var answered = silent.ReceiveAsync(new byte[10], Cancellation).AsTask();

        // The clock moves until the server took the connection and began to count.
        while (!answered.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(0, await answered);
        // Asked when the clock stands still again: the next caller's time runs by it too.
        Assert.NotNull(await ControlClient.AskAsync(_directory, new ControlRequest("echo"), Cancellation));
    }

    async Task<ControlSocket> StartAsync()
    {
        var socket = new ControlSocket(
            _directory, (request, _) => Task.FromResult(new ControlReply(true, $"{request.Command} {request.Allocation}")), _time,
            NullLogger<ControlSocket>.Instance);
        socket.Listen();
        await socket.StartAsync(Cancellation);
        return socket;
    }

    async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlSocket.PathIn(_directory)), Cancellation);
        return socket;
    }
}
