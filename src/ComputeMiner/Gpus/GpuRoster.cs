using System.Text;
using Bittensor.Files;

namespace ComputeMiner.Gpus;

/// <summary>
/// Which GPUs are handed out, remembered over restarts: at boot the driver may come up late or without one, and a machine that was sold with
/// eight GPUs must not be handed out with seven.
/// </summary>
static class GpuRoster
{
    public const string FileName = "gpus";

    /// <summary>UUIDs that the machine is handed out with. Those that were there before and lack now are among them.</summary>
    /// <exception cref="FormatException">The selection names what is not there and never was.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static IReadOnlyList<string> Settle(string stateDirectory, GpuSelection selection, IReadOnlyList<Gpu> found)
    {
        var path = Path.Combine(stateDirectory, FileName);
        if (File.Exists(path) && Decide(File.ReadAllLines(path), selection, found) is { } known)
            return known;
        var chosen = selection.Choose(found);
        DurableFile.Replace(path, file => file.Write(Encoding.UTF8.GetBytes(string.Join('\n', [selection.Text, .. chosen]) + "\n")));
        return chosen;
    }

    /// <summary>What <see cref="Settle"/> would say; writes nothing.</summary>
    /// <exception cref="FormatException">The selection names what is not there and never was.</exception>
    public static IReadOnlyList<string> Expect(string stateDirectory, GpuSelection selection, IReadOnlyList<Gpu> found) =>
        Decide([selection.Text, .. TryRead(stateDirectory, selection) ?? []], selection, found) ?? selection.Choose(found);

    // The first line is the selection, so that a changed one is not measured by what another one chose. Null where nothing lacks.
    static string[]? Decide(string[] lines, GpuSelection selection, IReadOnlyList<Gpu> found) =>
        lines is [var before, .. var known] && before == selection.Text && known.Except(found.Select(gpu => gpu.Uuid)).Any() ? known : null;

    /// <summary>What <see cref="Settle"/> remembered for this selection; null when nothing. Changes nothing.</summary>
    public static IReadOnlyList<string>? TryRead(string stateDirectory, GpuSelection selection)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(stateDirectory, FileName)) is [var before, .. var known] && before == selection.Text ? known : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
