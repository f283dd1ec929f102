using System.Collections.Immutable;

namespace ComputeMiner.Configuration;

/// <summary>What loading gave. The options are to be used only when there are no faults.</summary>
sealed record LoadedConfiguration
{
    public required MinerOptions Options { get; init; }

    /// <summary>Every accepted setting with its source.</summary>
    public required ImmutableArray<SettingOrigin> Origins { get; init; }

    /// <summary>Texts of the command's own flags, checked, by key.</summary>
    public required ImmutableDictionary<string, string> Flags { get; init; }

    /// <summary>What stood on the command line beside flags.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    public required ImmutableArray<ConfigurationFault> Faults { get; init; }

    public SettingSource SourceOf(string key) =>
        Origins.FirstOrDefault(o => o.Setting.Key == key)?.Source ?? SettingSource.Default;

    /// <summary>Key, value and source of every setting that does something, one line each; secrets are left out.</summary>
    public IEnumerable<string> Describe() => Origins
        .Where(o => o.Setting.WithoutEffect is null)
        .Select(o => $"{o.Setting.Key} = {o.Setting.Show(Options)} ({o.Source.Where})");
}
