using System.Text;
using Bittensor.Files;

namespace ComputeMiner.Gpus;

/// <summary>
/// The GPU errors since boot that no operator has dealt with yet. The kernel's log is a ring: a tenant's program that causes harmless errors
/// without end would push a fatal one out of it, so those are remembered.
/// </summary>
/// <param name="stateDirectory">Where they are remembered.</param>
/// <param name="readKernel">The kernel's log; null for this machine's.</param>
/// <param name="boot">What names this run of the kernel; null for this machine's.</param>
sealed class XidLog(string stateDirectory, Func<string?>? readKernel = null, string? boot = null)
{
    public const string FileName = "xids-cleared";

    public const string RememberedName = "xids-fatal";

    // More of them say nothing more.
    const int Most = 100;

    readonly string _boot = boot ?? ReadBoot();
    readonly Func<string?> _readKernel = readKernel ?? KernelLog.TryRead;

    // Also where the state directory cannot be written.
    string[] _remembered = [];

    string Cleared => Path.Combine(stateDirectory, FileName);

    string Remembered => Path.Combine(stateDirectory, RememberedName);

    /// <summary>Of the kernel's log, as far as it may be read, and what is remembered; changes nothing.</summary>
    public IReadOnlyList<XidError> Read()
    {
        var cleared = TryRead(Cleared);
        return [.. ReadAll().Where(error => !cleared.Contains(error.Line))];
    }

    /// <summary>The same, and remembers the fatal ones until an operator has dealt with them or the machine was started again.</summary>
    public IReadOnlyList<XidError> Watch()
    {
        var found = Read();
        string[] fatal = [.. found.Where(error => error.IsFatal).Select(error => error.Line).Distinct().Take(Most)];
        if (fatal.SequenceEqual(_remembered))
            return found;
        _remembered = fatal;
        try
        {
            Write(Remembered, [_boot, .. fatal]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // This process knows them; a later one sees what the ring still holds.
        }
        return found;
    }

    /// <summary>From now on the errors that are there count no more; the running miner sees it at its next look.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Clear() => Write(Cleared, ReadAll().Select(error => error.Line).Distinct());

    IEnumerable<XidError> ReadAll()
    {
        var before = TryRead(Remembered) is [var boot, .. var lines] && boot == _boot ? lines : [];
        return XidError.Find(string.Join('\n', before.Union(_remembered).Append(_readKernel() ?? ""))).DistinctBy(error => error.Line);
    }

    static void Write(string path, IEnumerable<string> lines) =>
        DurableFile.Replace(path, file => file.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));

    static string ReadBoot() => TryRead("/proc/sys/kernel/random/boot_id") is [var id, ..] ? id : "";

    static string[] TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Not readable means: nothing was dealt with, and nothing is known but what the kernel says.
            return [];
        }
    }
}
