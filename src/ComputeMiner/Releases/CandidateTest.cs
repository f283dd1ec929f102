using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Releases;

/// <summary>
/// Has an unpacked release show, before anything depends on it, that it starts, is the version it should be, takes this miner's command
/// line, and is whole.
/// </summary>
/// <param name="arguments">This miner's command line.</param>
/// <param name="time">The clock.</param>
sealed class CandidateTest(IReadOnlyList<string> arguments, TimeProvider time)
{
    const int LongestOutput = 4096;

    /// <summary>ETXTBSY of Linux's errno.h.</summary>
    const int TextFileBusy = 26;

    const int MostStarts = 100;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <exception cref="ReleaseException">It fails.</exception>
    public async Task RunAsync(string program, string version, CancellationToken cancellation)
    {
        await TestVersionAsync(program, version, cancellation);
        await AskAsync(program, ["--check", .. arguments], "does not take this miner's command line", cancellation);
        await AskAsync(program, ["self-test"], "failed its self-test", cancellation);
    }

    /// <summary>Only that it starts and is the version it should be.</summary>
    /// <exception cref="ReleaseException">It does not, or is another.</exception>
    public async Task TestVersionAsync(string program, string version, CancellationToken cancellation)
    {
        var said = await AskAsync(program, ["--version"], "does not start here", cancellation);
        if (said.Trim() != "miner " + version)
            throw new ReleaseException($"says that it is '{said.Trim()}'", isFinal: true);
    }

    async Task<string> AskAsync(string program, string[] words, string fault, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Describe(program, words) };
        try
        {
            Start(process);
        }
        catch (Win32Exception cause)
        {
            throw new ReleaseException($"{fault}: {cause.Message}", isFinal: true, cause);
        }
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var (output, errors) = (ReadAsync(process.StandardOutput, linked.Token), ReadAsync(process.StandardError, linked.Token));
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(linked.Token);
            return process.ExitCode == 0 ? await output
                : throw new ReleaseException($"{fault}: exit code {process.ExitCode}, {LastLine(await errors)}", isFinal: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ReleaseException($"{fault}: no end of it within {Patience.TotalSeconds:0} s", isFinal: true);
        }
        finally
        {
            Kill(process);
        }
    }

    static void Start(Process process)
    {
        for (var start = 1; ; start++)
        {
            try
            {
                process.Start();
                return;
            }
            catch (Win32Exception fault) when (fault.NativeErrorCode == TextFileBusy && start < MostStarts)
            {
                // A process that another thread forked while the program was written holds it open until its own exec, which is soon.
            }
        }
    }

    static ProcessStartInfo Describe(string program, string[] words) => new(program, words)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { [Supervision.Variable] = null },
    };

    static async Task<string> ReadAsync(StreamReader from, CancellationToken cancellation)
    {
        var text = "";
        var buffer = new char[1024];
        while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
            text = text.Length < LongestOutput ? text + new string(buffer, 0, read) : text;
        return text;
    }

    static string LastLine(string errors) => errors.TrimEnd().Split('\n')[^1];

    static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It was gone already.
        }
    }
}
