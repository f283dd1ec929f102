using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Scenarios;

/// <summary>
/// Linux's epoll without anything around it: one thread learns which of many sockets are ready. The load generator shares the miner's
/// cores, and .NET's own sockets would cost them a second event loop and its thread pool.
/// </summary>
sealed partial class Epoll : IDisposable
{
    public const uint Readable = 1, Writable = 4;

    const int Add = 1, Modify = 3;

    readonly int _handle;
    readonly Event[] _events = new Event[256];

    public Epoll()
    {
        _handle = epoll_create1(0);
        if (_handle < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Watch(Socket socket, int id, uint events) => Control(Add, socket, id, events);

    public void Change(Socket socket, int id, uint events) => Control(Modify, socket, id, events);

    /// <summary>The ids of the sockets that are ready or have failed; empty when the time is over.</summary>
    public ReadOnlySpan<Event> Wait(TimeSpan atMost)
    {
        var count = epoll_wait(_handle, _events, _events.Length, (int)Math.Ceiling(atMost.TotalMilliseconds));
        return _events.AsSpan(0, Math.Max(0, count));
    }

    public void Dispose() => _ = close(_handle);

    void Control(int operation, Socket socket, int id, uint events)
    {
        var what = new Event { Events = events, Id = id };
        if (epoll_ctl(_handle, operation, (int)socket.Handle, ref what) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, ref Event what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, [Out] Event[] events, int most, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    /// <summary>The kernel's struct epoll_event, packed on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct Event
    {
        public uint Events;
        public int Id;
        int _unused;
    }
}
