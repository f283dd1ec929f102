using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace ComputeMiner.Containers;

/// <summary>
/// Runs programs where the Docker Engine has its bridges and its mounts. Those are the miner's own namespaces, except where one of the two
/// was started in others.
/// </summary>
sealed class EngineNamespace(Uri endpoint, TimeProvider time) : IDisposable
{
    // socket(7): SO_PEERCRED gives the process that listens, as pid, uid and gid.
    const int SolSocket = 1;
    const int SoPeerCred = 17;

    readonly Lock _gate = new();

    // Where the engine is down its files stay where they were.
    volatile string _files = "";

    // So do its bridges, and containers on them go on: the network it was found in last, kept open where it is not our own.
    (string Name, SafeFileHandle? Other)? _network;

    /// <summary>Put before a path of the engine's, it is the same file here.</summary>
    public string FilesRoot
    {
        get
        {
            TryFindFiles(out _);
            return _files;
        }
    }

    /// <summary>False when the engine is on another machine, or its process was never visible from here.</summary>
    public bool IsReachable => TryFind(out _);

    public void Dispose()
    {
        lock (_gate)
            _network?.Other?.Dispose();
    }

    public async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        if (!TryFind(out var enter))
            return new ProgramResult(ProgramResult.NotRun, "", $"The network of the Docker Engine at {endpoint} cannot be reached from this process.");
        return enter is null
            ? await HostProgram.RunAsync(program, arguments, input, time, cancellation)
            : await HostProgram.RunAsync("nsenter", [enter, "--", HostProgram.Find(program) ?? program, .. arguments], input, time, cancellation);
    }

    /// <summary>True when a process is in the engine's network; false also where that cannot be seen.</summary>
    public bool IsInNetwork(int process)
    {
        try
        {
            return endpoint.Scheme == "unix" && FindProcess() is { } engine && IsSame($"/proc/{process}/ns/net", $"/proc/{engine}/ns/net");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What is mounted where the engine runs; null when that cannot be seen from here.</summary>
    public string? ReadMounts()
    {
        try
        {
            return TryFindFiles(out var process) ? File.ReadAllText($"/proc/{process}/mounts") : _files.Length == 0 ? File.ReadAllText("/proc/self/mounts") : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Files that the engine's own process may open; null when that cannot be seen from here, or has no end.</summary>
    public long? ReadOpenFiles()
    {
        try
        {
            // proc(5): name, soft limit, hard limit, unit.
            return TryFindFiles(out var process)
                && File.ReadLines($"/proc/{process}/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))
                    ?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var hard, ..] && long.TryParse(hard, out var files)
                    ? files
                    : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Where a port is published so that it is reached over every family the engine's host has; IPv4 alone where that cannot be seen.</summary>
    public IReadOnlyList<IPAddress> AnyAddresses => HasIPv6() ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];

    bool HasIPv6()
    {
        try
        {
            // A line per address, and no such file on a kernel without IPv6.
            return endpoint.Scheme == "unix" && FindProcess() is { } process && File.ReadLines($"/proc/{process}/net/if_inet6").Any();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Runs a program on the files and mounts that the engine sees; <paramref name="slow"/> as for <see cref="HostProgram"/>.</summary>
    public Task<ProgramResult> RunOnFilesAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellation, TimeSpan? slow = null) =>
        !TryFindFiles(out var process) || _files.Length == 0
            ? HostProgram.RunAsync(program, arguments, "", time, cancellation, slow)
            : HostProgram.RunAsync(
                "nsenter", [$"--mount=/proc/{process}/ns/mnt", "--", HostProgram.Find(program) ?? program, .. arguments], "", time, cancellation, slow);

    /// <summary>True when the engine is a process of this machine whose files can be reached.</summary>
    public bool CanReachFiles => TryFindFiles(out _);

    bool TryFindFiles(out int process)
    {
        process = 0;
        if (endpoint.Scheme != "unix" || FindProcess() is not { } found)
            return false;
        try
        {
            process = found;
            _files = IsSame($"/proc/{found}/ns/mnt", "/proc/self/ns/mnt") ? "" : $"/proc/{found}/root";
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static bool IsSame(string space, string other) => File.ResolveLinkTarget(space, false)?.Name == File.ResolveLinkTarget(other, false)?.Name;

    bool TryFind(out string? enter)
    {
        enter = null;
        if (endpoint.Scheme != "unix")
            return false;
        lock (_gate)
        {
            if (FindProcess() is { } process && !TryKeepNetwork(process) && !Environment.IsPrivilegedProcess)
                // Another user's process: only root may look, and only root could set rules there.
                return true;
            if (_network is not { } network)
                return false;
            if (network.Other is { } other)
                enter = $"--net=/proc/{Environment.ProcessId}/fd/{other.DangerousGetHandle()}";
            return true;
        }
    }

    bool TryKeepNetwork(int process)
    {
        var path = $"/proc/{process}/ns/net";
        try
        {
            var name = File.ResolveLinkTarget(path, false)?.Name ?? throw new IOException($"{path} is gone.");
            if (_network is { } known && known.Name == name)
                return true;
            var other = IsSame(path, "/proc/self/ns/net") ? null : File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            _network?.Other?.Dispose();
            _network = (name, other);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    int? FindProcess()
    {
        try
        {
            // Not blocking: an engine that hangs long enough takes no more connections, and this would wait for it.
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(endpoint.LocalPath));
            Span<byte> credentials = stackalloc byte[12];
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
            var process = BinaryPrimitives.ReadInt32LittleEndian(credentials);
            return process > 0 ? process : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
