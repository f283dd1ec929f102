using System.Text.Json;
using Bittensor.Files;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>Keeps the <see cref="RegistryState"/> in the state directory. Losing it costs nothing but a search for the run.</summary>
sealed class RegistryStateFile(string directory, Hotkey hotkey)
{
    public const string FileName = "registry.json";

    readonly string _path = Path.Combine(directory, FileName);

    /// <summary>What was kept for this hotkey; an empty state when there is nothing, or nothing that can be read.</summary>
    public RegistryState Read()
    {
        try
        {
            using var file = File.OpenRead(_path);
            if (JsonSerializer.Deserialize(file, RegistryStateContext.Default.RegistryState) is { } state && state.Hotkey == hotkey.ToString())
                return state with { Pending = state.Pending.IsDefault ? [] : state.Pending };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // The registry itself knows our run: it is searched for.
        }
        return new RegistryState { Hotkey = hotkey.ToString() };
    }

    /// <summary>Replaces the file in one step.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(RegistryState state)
    {
        Directory.CreateDirectory(directory);
        DurableFile.Replace(_path, file => JsonSerializer.Serialize(file, state, RegistryStateContext.Default.RegistryState));
    }
}
