using System.Text;

namespace ComputeMiner.Challenges;

/// <summary>hashcat at work on one challenge: its command line, its files and what it found.</summary>
/// <param name="settings">Path, workload profile, more options.</param>
/// <param name="directory">Where its files lie.</param>
/// <param name="gpus">The GPUs that are handed out, by uuid: the others are not ours to use. Without any the CPU does the work through OpenCL.</param>
/// <param name="time">The clock.</param>
sealed class Hashcat(ChallengeSettings settings, HashcatDirectory directory, IReadOnlyList<string> gpus, TimeProvider time)
{
    // hashcat -D: 1 is a CPU, 2 a GPU.
    public string DeviceTypes => UsesGpus ? "2" : "1";

    public bool UsesGpus => gpus.Count > 0;

    /// <summary>Searches until the password is found, the mask is exhausted, hashcat gives up, or <paramref name="cancellation"/> kills it.</summary>
    /// <exception cref="HashcatException">The run's files could not be written.</exception>
    public async Task<HashcatResult> SearchAsync(HashcatProgram program, ChallengeTask task, Action<HashcatStatus> onStatus, CancellationToken cancellation)
    {
        string? run = null;
        try
        {
            run = directory.CreateRun();
            var found = Path.Combine(run, "found");
            await WriteAsync(Path.Combine(run, "hash"), task.HashLine + "\n", cancellation);
            // It is there before hashcat is, so that nobody else may ever read it.
            await WriteAsync(found, "", cancellation);
            var exit = await HashcatProcess.RunAsync(
                program.Start(Arguments(task), run, directory.Cache, gpus),
                line => Report(line, onStatus),
                time,
                cancellation);
            return new HashcatResult(exit, exit.Code == 0 ? ReadPassword(found, task) : null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new HashcatException($"Cannot keep hashcat's files: {fault.Message}", fault);
        }
        finally
        {
            if (run is not null)
                HashcatDirectory.RemoveRun(run);
        }
    }

    // The reference's command (ni-compute, neurons/Miner/pow.py, run_hashcat), with nothing left to interpretation: the hash is read from
    // a file, because hashcat takes a hash or a set of characters that happens to name a file for that file; the characters go as hex
    // digits for the same reason; the password is written bare.
    IEnumerable<string> Arguments(ChallengeTask task) =>
    [
        "--attack-mode", "3",
        "--hash-type", task.Mode.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "--opencl-device-types", DeviceTypes,
        "--workload-profile", settings.WorkloadProfile.ToString(System.Globalization.CultureInfo.InvariantCulture),
        .. settings.ExtendedOptions,
        "--quiet", "--status", "--status-json", "--status-timer", "1",
        "--potfile-disable", "--restore-disable", "--logfile-disable", "--session", "challenge",
        "--outfile", "found", "--outfile-format", "2", "--outfile-autohex-disable",
        "--hex-charset", "--custom-charset1", Convert.ToHexStringLower(Encoding.ASCII.GetBytes(task.Characters)),
        "hash", task.Mask,
    ];

    static async Task WriteAsync(string path, string text, CancellationToken cancellation)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync(text.AsMemory(), cancellation);
    }

    // A file of any size may lie there; a password is short.
    static string? ReadPassword(string path, ChallengeTask task)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[ChallengeTask.LongestPassword + 1];
        var password = Encoding.ASCII.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).TrimEnd('\n');
        return task.IsSolvedBy(password) ? password : null;
    }

    static void Report(string line, Action<HashcatStatus> onStatus)
    {
        if (HashcatStatus.TryRead(line) is { } status)
            onStatus(status);
    }
}
