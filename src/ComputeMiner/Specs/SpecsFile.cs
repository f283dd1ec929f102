namespace ComputeMiner.Specs;

/// <summary>Keeps the <see cref="SpecsState"/> in the state directory, so that a restarted miner has the document at once.</summary>
sealed class SpecsFile(string directory)
{
    public const string FileName = "specs.json";

    readonly JsonStateFile<SpecsState> _file = new(Path.Combine(directory, FileName), SpecsJson.Default.SpecsState);

    /// <summary>What was kept; null when there is nothing, or nothing that is a whole document.</summary>
    public SpecsState? Read() => _file.Read() is { } state && IsWhole(state.Document) && state.HandedOut.All(uuid => uuid is not null) ? state : null;

    /// <summary>Replaces the file in one step; only this user can read it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(SpecsState state) => _file.Write(state);

    static bool IsWhole(SpecsDocument document) =>
        document is { Cpu.Count: > 0, Ram.Total: > 0, HardDisk.Total: > 0 } && document.Gpu.Count == document.Gpu.Details.Count
        && document.Gpu.Details.All(gpu => gpu is not null);
}
