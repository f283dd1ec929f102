using System.Diagnostics;

namespace Scenarios;

/// <summary>The published miner, as an operator runs it: built by <c>./miner</c>, native unless the machine lacks a linker.</summary>
sealed record MinerBuild(string Program, bool IsNative)
{
    /// <summary>Builds when sources are newer than what was built.</summary>
    /// <exception cref="InvalidOperationException">The build failed; it has said why.</exception>
    public static async Task<MinerBuild> FindAsync(CancellationToken cancellation)
    {
        var root = Root();
        using var build = Process.Start(new ProcessStartInfo(Path.Combine(root, "miner"), ["--version"])
        {
            RedirectStandardOutput = true,
        })!;
        await build.StandardOutput.ReadToEndAsync(cancellation);
        await build.WaitForExitAsync(cancellation);
        if (build.ExitCode != 0)
            throw new InvalidOperationException("./miner could not be built; run it to see why.");
        var folder = Path.Combine(root, "artifacts", "miner");
        return new MinerBuild(Path.Combine(folder, "miner"), !File.Exists(Path.Combine(folder, "miner.dll")));
    }

    static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ComputeMiner.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("Run the scenarios from a build inside the repository: no ComputeMiner.slnx above this program.");
    }
}
