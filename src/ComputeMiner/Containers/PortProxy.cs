using System.Globalization;

namespace ComputeMiner.Containers;

/// <summary>A process of the Docker Engine that listens on a published port for a container.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Parent">The process that started it.</param>
/// <param name="Address">The container's address.</param>
sealed record PortProxy(int Process, int Parent, string Address)
{
    const string Program = "docker-proxy";

    /// <summary>Those that hold a port on this machine, whichever network it is in.</summary>
    public static IReadOnlyList<PortProxy> Of(int port) =>
        [.. Directory.EnumerateDirectories("/proc").Select(directory => TryRead(directory, port)).OfType<PortProxy>()];

    /// <summary>Reads one from a process's directory under /proc; null when it is something else, or over.</summary>
    public static PortProxy? TryRead(string directory, int port)
    {
        if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process))
            return null;
        try
        {
            var words = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0');
            if (Path.GetFileName(words[0]) != Program || ValueOf(words, "-host-port") != port.ToString(CultureInfo.InvariantCulture)
                || ValueOf(words, "-container-ip") is not { } address)
                return null;
            // proc(5): the name, in parentheses, may hold anything; the state and the parent follow it.
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            var parent = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            return new PortProxy(process, int.Parse(parent, CultureInfo.InvariantCulture), address);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string? ValueOf(string[] words, string name) => Array.IndexOf(words, name) is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : null;
}
