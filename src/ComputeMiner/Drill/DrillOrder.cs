using System.Diagnostics;
using System.Globalization;
using ComputeMiner.Allocations;

namespace ComputeMiner.Drill;

/// <summary>
/// What a drill has told the miner it started: at which step to die, and how much later it is. A file, named by the environment, in a
/// directory that only its owner enters and that holds the miner's state as well: a miner at work has neither, and no caller reaches it.
/// </summary>
/// <remarks>One line: seconds that are added to the machine's uptime, then, when it is to die, the step and "before" or "after".</remarks>
sealed class DrillOrder
{
    public const string Variable = "COMPUTEMINER_DRILL";

    const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;

    readonly string _path;

    DrillOrder(string path) => _path = path;

    /// <summary>The order of the drill that started this process; null in a miner at work.</summary>
    /// <exception cref="StartupException">The environment names a file that is no private file of a drill with this state.</exception>
    public static DrillOrder? OfProcess(string stateDirectory) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? Open(path, stateDirectory) : null;

    /// <exception cref="StartupException">It is no private file beside this state directory.</exception>
    public static DrillOrder Open(string path, string stateDirectory)
    {
        var file = new FileInfo(path);
        var isOfDrill = file is { Exists: true, LinkTarget: null, UnixFileMode: PrivateFile, Directory.UnixFileMode: PrivateDirectory }
            && file.Directory.FullName == Path.GetDirectoryName(Path.GetFullPath(stateDirectory));
        return isOfDrill
            ? new DrillOrder(file.FullName)
            : throw new StartupException(
                $"{Variable} names {path}, which is no file with mode 0600 in a directory with mode 0700 that also holds the state directory {stateDirectory}. Only 'miner drill' sets it; unset it.");
    }

    /// <summary>Writes an order; the miner sees the old one or the new one, never half of it.</summary>
    public static void Write(string path, TimeSpan later, DrillPoint? point)
    {
        var next = path + ".next";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = PrivateFile };
        using (var writer = new StreamWriter(next, options))
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{later.TotalSeconds:0} {(point is null ? "" : $"{point.Step} {Side(point.After)}")}"));
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Ends this process as a power failure would when its step is reached; the file beside the order says where.</summary>
    public void Cross(CrashPoint step, bool after)
    {
        var place = $"{step} {Side(after)}";
        if (!Read().EndsWith(" " + place, StringComparison.Ordinal))
            return;
        File.WriteAllText(_path + ".died", place);
        using var self = Process.GetCurrentProcess();
        self.Kill();
        throw new UnreachableException();
    }

    /// <summary>The clock of this machine, as much later as the drill says.</summary>
    public BootClock Shift(BootClock clock) => new(() =>
    {
        var now = clock.Read();
        var text = Read();
        var later = double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return now with { Uptime = now.Uptime + TimeSpan.FromSeconds(later) };
    });

    string Read() => File.ReadAllText(_path);

    static string Side(bool after) => after ? "after" : "before";
}
