using System.Globalization;
using System.Runtime.InteropServices;

namespace ComputeMiner;

/// <summary>
/// The pages of the program's own file that are in memory. A start touches nearly all of them, most for the only time: tables are unpacked, types
/// set up, commands looked through. What is needed again comes back by itself, from the page cache.
/// </summary>
static partial class ProgramPages
{
    const int DontNeed = 4;

    /// <summary>Lets go of all that are as they are in the file; what was written to would be lost by that and stays.</summary>
    public static void GiveBack() => GiveBack(Environment.ProcessPath);

    internal static void GiveBack(string? program)
    {
        try
        {
            foreach (var (start, length) in Untouched(File.ReadLines("/proc/self/smaps"), program))
                _ = Advise((nint)start, (nint)length, DontNeed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where the kernel does not show its maps they stay in memory.
        }
    }

    /// <summary>The mappings of a file that cannot be written to and never were.</summary>
    /// <param name="smaps">The lines of proc(5), smaps.</param>
    /// <param name="program">The file's path.</param>
    internal static IEnumerable<(long Start, long Length)> Untouched(IEnumerable<string> smaps, string? program)
    {
        (long Start, long Length)? candidate = null;
        foreach (var line in smaps)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var range, { Length: 4 } access, _, _, _, ..] && range.Contains('-'))
                candidate = access is ['r', '-', _, 'p'] && program is not null && line.EndsWith(' ' + program, StringComparison.Ordinal) ? Parse(range) : null;
            else if (words is ["Anonymous:", not "0", ..])
                candidate = null;
            // Comes after it: pages that were written to and lie in the swap space.
            else if (words is ["Swap:", "0", ..] && candidate is { } clean)
                yield return clean;
        }
    }

    static (long Start, long Length) Parse(string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var start = long.Parse(range.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, long.Parse(range.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
