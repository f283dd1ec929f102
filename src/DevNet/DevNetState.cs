using System.Text.Json;
using Bittensor.Files;
using DevNet.Saved;

namespace DevNet;

/// <summary>
/// What a dev network is at one moment, for a file: the chain's head with all accounts and registrations, and the registry's runs. Blocks
/// before the head, waiting transactions and faults on demand are not kept.
/// </summary>
public sealed class DevNetState
{
    const int FileVersion = 1;

    readonly SavedNetwork _saved;

    DevNetState(SavedNetwork saved) => _saved = saved;

    internal SavedChain Chain => _saved.Chain;

    internal SavedRegistry Registry => _saved.Registry;

    /// <summary>As both are now; they may go on meanwhile.</summary>
    public static DevNetState Of(DevChain chain, DevRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(registry);
        return new DevNetState(new SavedNetwork(FileVersion, chain.Save(), registry.Save()));
    }

    /// <summary>Null where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or of another version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static DevNetState? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, SavedJson.Default.SavedNetwork) is { Version: FileVersion } saved && IsWhole(saved)
                ? new DevNetState(saved)
                : throw new InvalidDataException("it is no state of a dev network, or one of another version");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("it is no state of a dev network", fault);
        }
    }

    /// <summary>Replaces the file in one step.</summary>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old file is as it was.</exception>
    public void Write(string path)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        DurableFile.Replace(path, file => JsonSerializer.Serialize(file, _saved, SavedJson.Default.SavedNetwork));
    }

    // The reader looks at members, not at what lists hold.
    static bool IsWhole(SavedNetwork saved)
    {
        var runs = saved.Registry.Runs;
        return runs.All(run => run is not null)
            && saved.Registry.DeletedNames.Concat(runs.SelectMany(run => run.Tags.Concat(run.History).Concat(run.Events).Concat(run.Output))).All(text => text is not null);
    }
}
