using System.Net.Sockets;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>
/// Reads the SSH greeting through the published port. A mere connection proves nothing: Docker's port proxy accepts before sshd
/// listens and resets then.
/// </summary>
static class SshReadiness
{
    static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Tries until a greeting came; <paramref name="beforeRetry"/> may throw to give up earlier than the token.</summary>
    public static async Task<string> WaitAsync(
        int port, Func<CancellationToken, Task> beforeRetry, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            if (await TryReadAsync(port, time, cancellation) is { } greeting)
                return greeting;
            await Task.Delay(Retry, time, cancellation);
            await beforeRetry(cancellation);
        }
    }

    /// <summary>One attempt; null when nobody greets.</summary>
    public static async Task<string?> TryReadAsync(int port, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(GreetingTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port, either.Token);
            return await ReadGreetingAsync(socket, either.Token);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    // RFC 4253 4.2: a line of at most 255 characters that begins with "SSH-".
    static async Task<string?> ReadGreetingAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[255];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                return null;
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
            if (end >= 0)
                return buffer.AsSpan().StartsWith("SSH-"u8) ? Encoding.ASCII.GetString(buffer, 0, end).TrimEnd('\r') : null;
        }
        return null;
    }
}
