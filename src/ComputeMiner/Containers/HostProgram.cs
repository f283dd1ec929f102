using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Containers;

/// <summary>Runs programs of the host with fixed arguments; no shell takes part.</summary>
static class HostProgram
{
    // An iptables that waits for another one's lock gives up after 5 s by itself.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Where Debian keeps them; the search path of an ordinary user lacks these.
    static readonly string[] SystemDirectories = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin"];

    /// <summary>The program's path; null when this machine lacks it.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end. One that is missing or hangs is a failure as any other.</summary>
    public static async Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string input, TimeProvider time, CancellationToken cancellation)
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
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                return await ReadAsync(process, input, either.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellation.ThrowIfCancellationRequested();
                return new ProgramResult(ProgramResult.NotRun, "", $"{program} did not end within {Patience.TotalSeconds:0} s.");
            }
        }
        catch (Win32Exception fault)
        {
            return new ProgramResult(ProgramResult.NotRun, "", $"{program}: {fault.Message}");
        }
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
