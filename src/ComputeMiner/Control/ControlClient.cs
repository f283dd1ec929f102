using System.Net.Sockets;
using System.Text.Json;

namespace ComputeMiner.Control;

/// <summary>The operator's side of the <see cref="ControlSocket"/>.</summary>
static class ControlClient
{
    // A release may wait for a container that is being started.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks the miner that runs on this state directory; null when none does.</summary>
    /// <exception cref="ControlException">One runs but refuses this user, or gives no answer.</exception>
    public static async Task<ControlReply?> AskAsync(string stateDirectory, ControlRequest request, CancellationToken cancellation)
    {
        var path = ControlSocket.PathIn(stateDirectory);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
            await ControlSocket.SendAsync(socket, JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), limit.Token);
            return JsonSerializer.Deserialize(await ControlSocket.ReadLineAsync(socket, limit.Token), ControlJson.Default.ControlReply);
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new ControlException($"Only the user that runs the miner may use {path}. Run this as that user.", fault);
        }
        catch (SocketException)
        {
            return null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Too long for a socket: no miner can listen there.
            return null;
        }
        catch (Exception fault) when (fault is IOException or JsonException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ControlException($"The miner at {path} gave no answer. See its log.", fault);
        }
    }
}
