using System.Collections.Immutable;

namespace ComputeMiner.Configuration;

/// <summary>What a command accepts.</summary>
/// <param name="Settings">Settings of the miner.</param>
/// <param name="Flags">Flags of its own.</param>
/// <param name="IgnoreUnknown">Unknown flags are ignored with a warning, as the reference does, unless --strict is set.</param>
sealed record CommandSyntax(ImmutableArray<Setting> Settings, ImmutableArray<CommandFlag> Flags, bool IgnoreUnknown = false)
{
    public IEnumerable<FlagSpec> Specs => Settings
        .SelectMany(s => s.Flags.Select(flag => new FlagSpec(flag, s.Key, s.IsSwitch, s.OfReference, s.WithoutEffect is null)))
        .Concat(Flags.Select(f => new FlagSpec(f.Flag, f.Key, f.IsSwitch, OfReference: false)));
}
