using System.Collections.Immutable;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>The hotkey lists that come with the program, one address a line.</summary>
static class KnownHotkeys
{
    public static ImmutableArray<Hotkey> Trusted { get; } = Read("trusted-hotkeys.txt");

    public static ImmutableArray<Hotkey> Exploiters { get; } = Read("exploiter-hotkeys.txt");

    static ImmutableArray<Hotkey> Read(string name)
    {
        using var stream = typeof(KnownHotkeys).Assembly.GetManifestResourceStream("ComputeMiner.Admission.Lists." + name)!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(line => line[0] != '#').Select(Hotkey.Parse)];
    }
}
