using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ComputeMiner.Control;

/// <summary>
/// Where the operator's word reaches the running miner: a Unix socket in the state directory that only this user can open. What it does
/// ends rentals, so it is not on the admin address, which is read-only.
/// </summary>
sealed partial class ControlSocket(
    string stateDirectory, Func<ControlRequest, CancellationToken, Task<ControlReply>> answer, TimeProvider time, ILogger<ControlSocket> logger)
    : BackgroundService
{
    public const string FileName = "control.sock";

    /// <summary>Longest request or answer in bytes.</summary>
    public const int LongestLine = 4096;

    // The size of sun_path in Linux's sockaddr_un, with its closing zero.
    const int LongestPath = 107;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, FileName);

    /// <summary>Listens. Only for whoever has the ledger of the state directory: an older socket there is taken for a leftover.</summary>
    /// <exception cref="StartupException">The path is too long, or the directory cannot be written.</exception>
    public void Listen()
    {
        var path = PathIn(stateDirectory);
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw new StartupException($"The path {path} is longer than the {LongestPath} bytes a socket may have. Choose a shorter one with --state.dir.");
        try
        {
            File.Delete(path);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _listener.Listen(4);
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Cannot listen at {path}: {fault.Message} Check that the state directory is writable for this user.", fault);
        }
    }

    public override void Dispose()
    {
        // Takes the file along.
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            using var connection = await _listener.AcceptAsync(stoppingToken);
            try
            {
                await ServeAsync(connection, stoppingToken);
            }
            catch (Exception fault) when (fault is SocketException or IOException or JsonException
                || (fault is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                Log.Unanswered(logger, fault.Message);
            }
        }
    }

    async Task ServeAsync(Socket connection, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var line = await ReadLineAsync(connection, either.Token);
        if (JsonSerializer.Deserialize(line, ControlJson.Default.ControlRequest) is not { Command: not null } request)
            return;
        var reply = await answer(request, cancellation);
        await SendAsync(connection, JsonSerializer.SerializeToUtf8Bytes(reply, ControlJson.Default.ControlReply), either.Token);
    }

    /// <summary>Reads up to a line's end.</summary>
    /// <exception cref="IOException">It ended before, or is too long.</exception>
    public static async Task<byte[]> ReadLineAsync(Socket connection, CancellationToken cancellation)
    {
        var buffer = new byte[LongestLine];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await connection.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                throw new IOException("The line ended before its end.");
            length += read;
            if (buffer[length - 1] == (byte)'\n')
                return buffer[..(length - 1)];
        }
        throw new IOException($"The line is longer than {LongestLine} bytes.");
    }

    public static async Task SendAsync(Socket connection, byte[] message, CancellationToken cancellation)
    {
        byte[] line = [.. message, (byte)'\n'];
        for (var sent = 0; sent < line.Length;)
            sent += await connection.SendAsync(line.AsMemory(sent), cancellation);
    }

    static partial class Log
    {
        [LoggerMessage(6302, LogLevel.Debug, "A request at the control socket was not answered: {Reason}")]
        public static partial void Unanswered(ILogger logger, string reason);
    }
}
