using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Bittensor.Axon.Transport;

/// <summary>
/// Kestrel's way to the network, in the place of its own sockets: those hand each request from the thread that waits for it to another and
/// back, and ask the kernel twice as often. It is why a check costs little more than its signature.
/// </summary>
/// <param name="logger">Where it logs.</param>
/// <param name="loops">Threads that serve connections, 1 or more; a check needs a tenth of a millisecond of one.</param>
sealed class LoopTransport(ILogger logger, int loops) : IConnectionListenerFactory
{
    /// <exception cref="AddressInUseException">The port is taken.</exception>
    /// <exception cref="SocketException">The address is not one of this machine, or the port may not be used.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            return ValueTask.FromResult<IConnectionListener>(new LoopListener(socket, loops, logger));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
