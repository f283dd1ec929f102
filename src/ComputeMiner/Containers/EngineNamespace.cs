using System.Buffers.Binary;
using System.Net.Sockets;

namespace ComputeMiner.Containers;

/// <summary>
/// Runs network programs where the Docker Engine has its bridges. That is the miner's own network namespace, except where the engine was
/// started in another one.
/// </summary>
sealed class EngineNamespace(Uri endpoint, TimeProvider time)
{
    // socket(7): SO_PEERCRED gives the process that listens, as pid, uid and gid.
    const int SolSocket = 1;
    const int SoPeerCred = 17;

    /// <summary>False when the engine is on another machine, or its process is not visible from here.</summary>
    public bool IsReachable => TryFind(out _);

    public async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        if (!TryFind(out var enter))
            return new ProgramResult(ProgramResult.NotRun, "", $"The network of the Docker Engine at {endpoint} cannot be reached from this process.");
        return enter is null
            ? await HostProgram.RunAsync(program, arguments, input, time, cancellation)
            : await HostProgram.RunAsync("nsenter", [enter, "--", HostProgram.Find(program) ?? program, .. arguments], input, time, cancellation);
    }

    bool TryFind(out string? enter)
    {
        enter = null;
        if (endpoint.Scheme != "unix" || FindProcess() is not { } process)
            return false;
        var network = $"/proc/{process}/ns/net";
        try
        {
            if (File.ResolveLinkTarget(network, false)?.Name != File.ResolveLinkTarget("/proc/self/ns/net", false)?.Name)
                enter = $"--net={network}";
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Another user's process: only root may look, and only root could set rules there.
            return !Environment.IsPrivilegedProcess;
        }
    }

    int? FindProcess()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
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
