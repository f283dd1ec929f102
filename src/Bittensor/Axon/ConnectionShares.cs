using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Bittensor.Axon;

/// <summary>
/// Bounds the connections of one address, or of one IPv6 network (see <see cref="CallerAddress.Share"/>). Opening one costs a caller nothing and proves nothing, so that without this a single
/// address could hold all that the server allows and keep every validator out.
/// </summary>
sealed class ConnectionShares(int most)
{
    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Open connections, all addresses together.</summary>
    public int Total
    {
        get
        {
            lock (_lock)
                return _open.Values.Sum();
        }
    }

    /// <summary>Kestrel's connection middleware: closes what is above the share before a byte of it is read.</summary>
    public ConnectionDelegate Guard(ConnectionDelegate next) => async connection =>
    {
        var address = CallerAddress.Share((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        if (!TryOpen(address))
        {
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Close(address);
        }
    };

    bool TryOpen(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(address);
            if (open >= most)
                return false;
            _open[address] = open + 1;
            return true;
        }
    }

    void Close(IPAddress address)
    {
        lock (_lock)
        {
            if (--_open[address] == 0)
                _open.Remove(address);
        }
    }
}
