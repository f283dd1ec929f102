using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Bittensor.Axon;

/// <summary>
/// Bounds the connections of all callers together and those of one address, or of one IPv6 network (see <see cref="CallerAddress.Share"/>).
/// Opening one costs a caller nothing and proves nothing. So where there is no room, the oldest connection on which nobody has proved who
/// he is makes room: a caller needs milliseconds for that, while a flood has to push all the others out first. The new one is closed
/// only when all are proved.
/// </summary>
/// <remarks>
/// Each connection that comes and goes costs work and memory, and those wait for it who are let in. So where strangers crowd, an address
/// at which nobody was proved gets no more new ones than a caller needs who has just started, and who is refused has to leave.
/// </remarks>
sealed class ConnectionShares(AxonOptions options, TimeProvider time)
{
    /// <summary>
    /// An address where an admitted caller was proved may hold so many shares: when a flood comes from there too, his next connection has to
    /// live until his first request is there.
    /// </summary>
    const int ProvedShares = 8;

    /// <summary>Proved addresses remembered; a subnet has no more validators.</summary>
    const int MostProved = 4096;

    /// <summary>It is crowded when this part of all connections belongs to callers who have proved nothing.</summary>
    const int CrowdedPart = 4;

    readonly Lock _lock = new();
    readonly TokenBuckets<IPAddress> _newcomers = new(options.NewcomerBurst, options.NewcomerRate, 4096, time);
    readonly Dictionary<IPAddress, int> _open = [];
    readonly LinkedList<OpenConnection> _unproved = [];
    readonly Dictionary<OpenConnection, LinkedListNode<OpenConnection>> _nodes = [];
    readonly HashSet<IPAddress> _proved = [];
    int _total;

    /// <summary>Open connections, all addresses together.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>So many callers who have proved nothing hold a connection that more than one request of each is too much.</summary>
    public bool IsCrowded
    {
        get
        {
            lock (_lock)
                return _unproved.Count * CrowdedPart > options.MaxConnections;
        }
    }

    /// <summary>Kestrel's connection middleware: keeps what has room, before a byte of it is read.</summary>
    public ConnectionDelegate Guard(ConnectionDelegate next) => async context =>
    {
        var share = CallerAddress.Share((context.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        var connection = new OpenConnection(this, context, share);
        if (!TryOpen(connection, out var leaving))
        {
            context.Abort();
            return;
        }
        leaving?.Abort();
        context.Features.Set(connection);
        try
        {
            await next(context);
        }
        finally
        {
            Close(connection);
        }
    };

    public void Prove(OpenConnection connection)
    {
        lock (_lock)
        {
            // One that had to make room meanwhile is no longer counted.
            if (!_nodes.Remove(connection, out var node))
                return;
            connection.IsProved = true;
            if (_proved.Count < MostProved)
                _proved.Add(connection.Share);
            _unproved.Remove(node);
        }
    }

    bool TryOpen(OpenConnection connection, out OpenConnection? leaving)
    {
        lock (_lock)
        {
            leaving = null;
            var isProved = _proved.Contains(connection.Share);
            if (!isProved && !MayCome(connection.Share))
                return false;
            var ofAddress = _open.GetValueOrDefault(connection.Share);
            if (ofAddress >= (isProved ? ProvedShares : 1) * options.MaxAddressConnections)
                leaving = OldestOf(connection.Share);
            else if (_total >= options.MaxConnections)
                leaving = _unproved.First?.Value;
            else
                return Take(connection);
            if (leaving is null)
                return false;
            Remove(leaving, _nodes[leaving]);
            return Take(connection);
        }
    }

    bool MayCome(IPAddress share)
    {
        if (IsCrowded && !_newcomers.Has(share))
            return false;
        _newcomers.Take(share);
        return true;
    }

    bool Take(OpenConnection connection)
    {
        _open[connection.Share] = _open.GetValueOrDefault(connection.Share) + 1;
        _nodes[connection] = _unproved.AddLast(connection);
        _total++;
        return true;
    }

    void Close(OpenConnection connection)
    {
        lock (_lock)
        {
            if (connection.IsProved)
                Forget(connection.Share);
            else if (_nodes.TryGetValue(connection, out var node))
                Remove(connection, node);
        }
    }

    void Remove(OpenConnection connection, LinkedListNode<OpenConnection> node)
    {
        _nodes.Remove(connection);
        _unproved.Remove(node);
        Forget(connection.Share);
    }

    void Forget(IPAddress share)
    {
        _total--;
        if (--_open[share] == 0)
            _open.Remove(share);
    }

    OpenConnection? OldestOf(IPAddress share)
    {
        for (var node = _unproved.First; node is not null; node = node.Next)
        {
            if (node.Value.Share.Equals(share))
                return node.Value;
        }
        return null;
    }
}
