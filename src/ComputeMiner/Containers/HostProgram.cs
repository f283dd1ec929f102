using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Containers;

/// <summary>Runs programs of the host with fixed arguments; no shell takes part.</summary>
static class HostProgram
{
    // An iptables that waits for another one's lock gives up after 5 s by itself.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Less than the miner's own end may take.
    static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    // Where Debian keeps them; the search path of an ordinary user lacks these.
    static readonly string[] SystemDirectories = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin"];

    /// <summary>The program's path; null when this machine lacks it.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end. One that is missing or hangs is a failure as any other.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="slow">
    /// How long it may take where it mends what is a renter's: cut off in the middle it would leave that half mended, so it is asked to end
    /// (SIGTERM) and never killed. By default it is killed after 20 s.
    /// </param>
    public static async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string input, TimeProvider time, CancellationToken cancellation, TimeSpan? slow = null)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(slow ?? Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                return await ReadAsync(process, input, either.Token);
            }
            catch (OperationCanceledException)
            {
                if (slow is null)
                    process.Kill(entireProcessTree: true);
                else
                    await AskToEndAsync(process, time);
                cancellation.ThrowIfCancellationRequested();
                return new ProgramResult(ProgramResult.NotRun, "", $"{program} did not end within {(slow ?? Patience).TotalSeconds:0} s.");
            }
        }
        catch (Win32Exception fault)
        {
            return new ProgramResult(ProgramResult.NotRun, "", $"{program}: {fault.Message}");
        }
    }

    static async Task AskToEndAsync(Process process, TimeProvider time)
    {
        ProcessSignal.AskToEnd(process.Id);
        await process.WaitForExitAsync().WaitAsync(EndPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    static async Task<ProgramResult> ReadAsync(Process process, string input, CancellationToken cancellation)
    {
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
        var result = (await output, await errors);
        await process.WaitForExitAsync(cancellation);
        return new ProgramResult(process.ExitCode, result.Item1, result.Item2.Trim());
    }
}
