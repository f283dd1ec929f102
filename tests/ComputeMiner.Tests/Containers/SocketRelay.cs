using System.Net.Sockets;

namespace ComputeMiner.Tests.Containers;

/// <summary>A Unix socket that leads to another one, both ways and closed half too, until it is cut: then as if nobody had listened.</summary>
sealed class SocketRelay(string path, string target) : IDisposable
{
    readonly Lock _turn = new();
    readonly HashSet<Socket> _open = [];
    Socket? _listener;
    int _chunksLeft = int.MaxValue;

    public void Open()
    {
        lock (_turn)
        {
            _chunksLeft = int.MaxValue;
            if (_listener is not null)
                return;
            _listener = Listen();
            _ = AcceptAsync(_listener);
        }
    }

    /// <summary>Lets so many more chunks of bytes through, in whatever direction, and then nothing.</summary>
    public void CutAfter(int chunks)
    {
        lock (_turn)
            _chunksLeft = chunks;
        if (chunks == 0)
            Dispose();
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var socket in _open)
                socket.Dispose();
            _open.Clear();
        }
    }

    static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    Socket Listen()
    {
        File.Delete(path);
        var socket = New();
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(64);
        return socket;
    }

    Socket Connect()
    {
        var socket = New();
        socket.Connect(new UnixDomainSocketEndPoint(target));
        return socket;
    }

    async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = PassAsync(await listener.AcceptAsync());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    async Task PassAsync(Socket near)
    {
        using (near)
        {
            try
            {
                using var far = Connect();
                if (!Keep(near, far))
                    return;
                await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
                lock (_turn)
                {
                    _open.Remove(near);
                    _open.Remove(far);
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                // One side went, or it was cut.
            }
        }
    }

    bool Keep(Socket near, Socket far)
    {
        lock (_turn)
        {
            if (_listener is null)
                return false;
            _open.Add(near);
            _open.Add(far);
            return true;
        }
    }

    async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (!MayPass())
                {
                    Dispose();
                    return;
                }
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    bool MayPass()
    {
        lock (_turn)
            return _chunksLeft == int.MaxValue || --_chunksLeft >= 0;
    }
}
