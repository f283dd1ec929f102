using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bittensor.Axon.Transport;

/// <summary>The kernel's epoll, edge-triggered: one thread learns on which of many sockets something has changed.</summary>
/// <remarks>Source: epoll(7), epoll_ctl(2), eventfd(2); struct epoll_event is packed on x86-64 and nowhere else.</remarks>
sealed unsafe partial class EventPoll : IDisposable
{
    /// <summary>The key of <see cref="Wake"/>'s news.</summary>
    public const long WakeKey = 0;

    const uint In = 0x1, Out = 0x4, Error = 0x8, HangUp = 0x10, PeerEnded = 0x2000, EdgeTriggered = 1u << 31;
    const int Add = 1, CloseOnExec = 0x80000, Interrupted = 4;
    const int Most = 128;
    const int LargestEvent = 16;

    static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    static readonly int EventSize = IsPacked ? 12 : LargestEvent;
    static readonly int KeyOffset = IsPacked ? 4 : 8;

    readonly SafeFileHandle _poll;
    readonly SafeFileHandle _wake;
    readonly byte[] _events = new byte[Most * LargestEvent];

    /// <exception cref="Win32Exception">The kernel gives none, for instance because too many files are open.</exception>
    public EventPoll()
    {
        _poll = Open(epoll_create1(CloseOnExec));
        _wake = Open(eventfd(0, CloseOnExec));
        Watch(_wake, WakeKey);
    }

    /// <summary>Watches a socket until it is closed. What happened before counts as news.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="key">What <see cref="Key"/> gives for it; not <see cref="WakeKey"/>.</param>
    /// <exception cref="Win32Exception">The kernel refuses, for instance because too many are watched.</exception>
    public void Watch(SafeHandle socket, long key)
    {
        var what = stackalloc byte[LargestEvent];
        Unsafe.WriteUnaligned(what, In | Out | PeerEnded | EdgeTriggered);
        Unsafe.WriteUnaligned(what + KeyOffset, key);
        if (epoll_ctl(_poll, Add, socket, what) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "The kernel does not watch the socket");
    }

    /// <summary>Waits until there is news, or only looks.</summary>
    /// <returns>How many sockets have some.</returns>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public int Wait(bool onlyLook)
    {
        int count;
        fixed (byte* events = _events)
            count = epoll_wait(_poll, events, Most, onlyLook ? 0 : -1);
        if (count >= 0)
            return count;
        var error = Marshal.GetLastPInvokeError();
        return error == Interrupted ? 0 : throw new Win32Exception(error, "Waiting for sockets failed");
    }

    /// <summary>Ends a <see cref="Wait"/> on another thread.</summary>
    public void Wake()
    {
        var one = 1L;
        _ = write(_wake, &one, sizeof(long));
    }

    public long Key(int index) => Unsafe.ReadUnaligned<long>(ref _events[(index * EventSize) + KeyOffset]);

    /// <summary>A failure shows when the socket is tried, so it counts as both.</summary>
    public bool MayRead(int index) => (What(index) & (In | PeerEnded | Error | HangUp)) != 0;

    /// <inheritdoc cref="MayRead"/>
    public bool MayWrite(int index) => (What(index) & (Out | Error | HangUp)) != 0;

    /// <summary>After what is still to be read comes the end, and there will be no more news of it.</summary>
    public bool IsEnding(int index) => (What(index) & (PeerEnded | Error | HangUp)) != 0;

    public void Dispose()
    {
        _poll.Dispose();
        _wake.Dispose();
    }

    uint What(int index) => Unsafe.ReadUnaligned<uint>(ref _events[index * EventSize]);

    static SafeFileHandle Open(int descriptor) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new Win32Exception(Marshal.GetLastPInvokeError(), "The kernel gives no event loop");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle poll, int operation, SafeHandle socket, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle poll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint count, int flags);

    [LibraryImport("libc")]
    private static partial nint write(SafeFileHandle file, long* value, nint length);
}
