using System.Collections.Concurrent;
using System.Net.Sockets;

namespace ComputeMiner.Tests.Containers;

/// <summary>A Unix socket that leads to another one until it is disposed: then nobody listens there, and open lines break.</summary>
sealed class SocketRelay : IDisposable
{
    readonly string _path;
    readonly string _target;
    readonly Socket _listener = New();
    readonly ConcurrentBag<Socket> _lines = [];

    public SocketRelay(string path, string target)
    {
        (_path, _target) = (path, target);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
        foreach (var line in _lines)
            line.Dispose();
    }

    static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptAsync());
    }

    async Task ServeAsync(Socket caller)
    {
        var target = New();
        _lines.Add(caller);
        _lines.Add(target);
        await target.ConnectAsync(new UnixDomainSocketEndPoint(_target));
        await using var near = new NetworkStream(caller, ownsSocket: true);
        await using var far = new NetworkStream(target, ownsSocket: true);
        await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
    }
}
