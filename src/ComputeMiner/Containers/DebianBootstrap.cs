using System.ComponentModel;
using System.Diagnostics;

namespace ComputeMiner.Containers;

/// <summary>Makes a small Debian root file system from the distribution's own packages, for machines that reach no image registry.</summary>
static class DebianBootstrap
{
    // Steps that mmdebstrap announces on its way; only the progress bar depends on it.
    const int UsualSteps = 14;

    const string Remedy = "Install what it needs: `sudo apt-get install mmdebstrap debian-archive-keyring`.";

    /// <summary>Writes the file system as a tar to a path.</summary>
    /// <exception cref="BaseImageException">mmdebstrap is missing or failed; its last words are in the message.</exception>
    public static async Task WriteAsync(string tar, IProgress<PreparationStep>? progress, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("mmdebstrap", [.. Options, tar]) { RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Start(start);
        process.StandardInput.Close();
        var words = new Queue<string>();
        try
        {
            var steps = 0;
            while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
            {
                words.Enqueue(line);
                if (words.Count > 10)
                    words.Dequeue();
                if (line.StartsWith("I: ", StringComparison.Ordinal))
                    progress?.Report(new PreparationStep(Math.Min(85, 85 * ++steps / UsualSteps), line[3..].TrimEnd('.')));
            }
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode != 0)
            throw new BaseImageException($"mmdebstrap ended with {process.ExitCode}: {string.Join(" | ", words)} {Remedy}");
    }

    /// <summary>What decides the result, for the recipe's version.</summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "--variant=minbase",
        $"--include={ImageRecipe.Packages}",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        $"--customize-hook=chroot \"$1\" /bin/sh <<'SETUP'\n{ImageRecipe.Setup}SETUP\n",
        // sshd's directory in /run stays.
        "--skip=cleanup/run",
        "--format=tar",
        ImageRecipe.Suite,
    ];

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new BaseImageException($"There is no image for renters and no mmdebstrap to make one. {Remedy}", fault);
        }
    }
}
