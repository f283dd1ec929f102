using System.Text.Json;
using Bittensor.Files;

namespace ComputeMiner.Specs;

/// <summary>Keeps the <see cref="SpecsState"/> in the state directory, so that a restarted miner has the document at once.</summary>
sealed class SpecsFile(string directory)
{
    public const string FileName = "specs.json";

    readonly string _path = Path.Combine(directory, FileName);

    /// <summary>What was kept; null when there is nothing, or nothing that is a whole document.</summary>
    public SpecsState? Read()
    {
        try
        {
            using var file = File.OpenRead(_path);
            return JsonSerializer.Deserialize(file, SpecsJson.Default.SpecsState) is { } state && IsWhole(state.Document) ? state : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // The machine is probed again.
            return null;
        }
    }

    /// <summary>Replaces the file in one step; only this user can read it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(SpecsState state)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.Replace(_path, file => JsonSerializer.Serialize(file, state, SpecsJson.Default.SpecsState));
    }

    static bool IsWhole(SpecsDocument document) =>
        document is { Cpu.Count: > 0, Ram.Total: > 0, HardDisk.Total: > 0 } && document.Gpu.Count == document.Gpu.Details.Count;
}
