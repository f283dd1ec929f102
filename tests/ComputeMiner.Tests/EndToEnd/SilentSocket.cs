using System.Net.Sockets;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>A server that takes connections and says nothing, as one that hangs.</summary>
sealed class SilentSocket : IDisposable
{
    readonly Socket _listener;

    SilentSocket(Socket listener, string path) => (_listener, Path) = (listener, path);

    public string Path { get; }

    public static SilentSocket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new SilentSocket(listener, path);
    }

    public void Dispose() => _listener.Dispose();
}
