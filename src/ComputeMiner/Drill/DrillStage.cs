using ComputeMiner.Containers;

namespace ComputeMiner.Drill;

/// <summary>
/// Where mishaps of the Docker Engine and of the disk may be played: a process in a network of its own, which this program starts itself in
/// once more. The machine's own engine, firewall and disks take no part.
/// </summary>
static class DrillStage
{
    const string Variable = "COMPUTEMINER_DRILL_STAGE";

    static readonly string[] Programs = ["dockerd", "containerd", "iptables", "ip", "mount", "unshare", "kill"];

    /// <summary>This process is on the stage.</summary>
    public static bool IsEntered => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Why there can be none on this machine; null when there can.</summary>
    public static string? Obstacle =>
        !Environment.IsPrivilegedProcess ? "only root can start a Docker Engine and mount a disk"
        : Array.Find(Programs, program => HostProgram.Find(program) is null) is { } missing ? $"this machine has no {missing}"
        : null;

    /// <summary>Starts this program on the stage; what it prints goes where ours goes. Returns its exit code.</summary>
    public static async Task<int> EnterAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        var start = new System.Diagnostics.ProcessStartInfo(HostProgram.Find("unshare")!, ["--net", "--", program, .. arguments]);
        start.Environment[Variable] = "1";
        using var process = System.Diagnostics.Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // It got the same Ctrl+C and tidies up.
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
        return process.ExitCode;
    }

    /// <summary>What a new network lacks.</summary>
    public static Task SetUpAsync(CancellationToken cancellation) =>
        HostProgram.RunAsync("ip", ["link", "set", "lo", "up"], "", TimeProvider.System, cancellation);
}
