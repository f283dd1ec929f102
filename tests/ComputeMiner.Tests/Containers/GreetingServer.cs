using System.Net.Sockets;

namespace ComputeMiner.Tests.Containers;

/// <summary>Says hello to everybody who connects and keeps the line open until it is disposed of.</summary>
sealed class GreetingServer : IDisposable
{
    public const string Greeting = "hello";

    readonly Socket _listener;
    readonly List<Socket> _guests = [];
    int _served;

    public GreetingServer(Func<Socket> open)
    {
        _listener = open();
        _ = ServeAsync();
    }

    public int Served => Volatile.Read(ref _served);

    public void Dispose()
    {
        _listener.Dispose();
        lock (_guests)
            _guests.ForEach(guest => guest.Dispose());
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var guest = await _listener.AcceptAsync();
                lock (_guests)
                    _guests.Add(guest);
                Interlocked.Increment(ref _served);
                await guest.SendAsync("hello\n"u8.ToArray());
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }
}
