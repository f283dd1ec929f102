using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>Keeps the <see cref="RegistryState"/> in the state directory. Losing it costs nothing but a search for the run.</summary>
sealed class RegistryStateFile(string directory, Hotkey hotkey)
{
    public const string FileName = "registry.json";

    readonly JsonStateFile<RegistryState> _file = new(Path.Combine(directory, FileName), RegistryStateContext.Default.RegistryState);

    /// <summary>What was kept for this hotkey; an empty state when there is nothing, or nothing that can be read.</summary>
    public RegistryState Read() => _file.Read() is { } read && (read with { Pending = read.Pending.IsDefault ? [] : read.Pending }) is var state && IsSound(state)
        ? state
        // The registry itself knows our run: it is searched for.
        : new RegistryState { Hotkey = hotkey.ToString() };

    /// <summary>Replaces the file in one step.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(RegistryState state) => _file.Write(state);

    /// <summary>A run that is not signed is not ours, and no validator would read it.</summary>
    bool IsSound(RegistryState state) => state.Hotkey == hotkey.ToString()
        && state is { HistoryOffset: >= 0, NextStep: >= 0, Dropped: >= 0 }
        && !state.Pending.Contains(null!)
        && (state.RunId is null || (state.Signature is { } signature && RunSignature.Verify(hotkey, state.RunId, signature)));
}
