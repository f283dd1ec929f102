using System.Collections;
using System.Collections.Immutable;

namespace ComputeMiner.Configuration;

/// <summary>
/// Makes the options: command line beats file beats environment beats default, as in the reference. Every fault is collected,
/// so that the operator sees all of them at once and nothing has started yet.
/// </summary>
sealed class ConfigurationLoader
{
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly MinerOptions _options = new();
    readonly List<SettingsFileEntry> _unknownInFile = [];
    readonly List<string> _warnings = [];
    readonly List<ConfigurationFault> _faults = [];

    ConfigurationLoader(IReadOnlyDictionary<string, string> environment) => _environment = environment;

    /// <summary>The process's environment.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    public static LoadedConfiguration Load(
        IReadOnlyList<string> tokens, CommandSyntax syntax, IReadOnlyDictionary<string, string> environment) =>
        new ConfigurationLoader(environment).Load(tokens, syntax);

    LoadedConfiguration Load(IReadOnlyList<string> tokens, CommandSyntax syntax)
    {
        var flags = FlagReading.Read(tokens, [.. syntax.Specs]);
        _faults.AddRange(flags.Faults);
        _warnings.AddRange(flags.Repeated.Distinct().Select(flag => $"{flag} stands on the command line more than once; only the last one counts"));
        var file = ReadFile(flags);
        var origins = syntax.Settings.Select(setting => new SettingOrigin(setting, Apply(setting, flags, file))).ToImmutableArray();
        CheckUnknown(flags, syntax);
        WarnOfUnknownVariables();
        var own = ReadOwnFlags(flags, syntax);
        PreferTheNearerChain(origins);
        _faults.AddRange(CrossChecks.Run(_options, origins));
        return new LoadedConfiguration
        {
            Options = _options,
            Origins = origins,
            Flags = own,
            Arguments = [.. flags.Arguments],
            Warnings = [.. _warnings],
            Faults = [.. _faults],
        };
    }

    /// <summary>Sets one option from the strongest source that has it.</summary>
    SettingSource Apply(Setting setting, FlagReading flags, List<SettingsFileEntry> file)
    {
        var (text, source) = Find(setting, flags, file);
        if (text is null)
            return source;
        if (setting.Set(_options, text) is { } allowed)
            _faults.Add(new ConfigurationFault(setting.Key, text, source.Where, allowed));
        if (setting.WithoutEffect is { } why)
            _warnings.Add($"{setting.Key} ({source.Where}) has no effect: {why}");
        if (setting.Remark is { } remark && !ValueKinds.IsFalse(text))
            _warnings.Add($"{setting.Key} ({source.Where}) {remark}");
        return source;
    }

    (string? Text, SettingSource Source) Find(Setting setting, FlagReading flags, List<SettingsFileEntry> file)
    {
        if (flags.Values.TryGetValue(setting.Key, out var flag))
            return (flag.Text, new SettingSource(SettingSourceKind.CommandLine, "flag " + flag.Typed));
        if (file.FindLastIndex(e => IsNamed(setting, e.Key)) is var i and >= 0)
            return (file[i].Text, new SettingSource(SettingSourceKind.File, file[i].Where));
        foreach (var variable in setting.Variables.Prepend(setting.OwnVariable))
        {
            if (!_environment.TryGetValue(variable, out var text) || text.Length == 0)
                continue;
            // The SDK takes any text in these as true, "0" and "false" included.
            var anyTextIsTrue = setting.IsSwitch && variable.StartsWith("BT_LOGGING_", StringComparison.Ordinal);
            return (anyTextIsTrue ? "true" : text, new SettingSource(SettingSourceKind.Environment, "environment variable " + variable));
        }
        return (null, SettingSource.Default);
    }

    List<SettingsFileEntry> ReadFile(FlagReading flags)
    {
        var path = flags.Values.TryGetValue("config", out var flag) ? flag.Text : _environment.GetValueOrDefault("MINER_CONFIG", "");
        if (path.Length == 0)
            return [];
        var file = SettingsFile.Read(HomePath.Expand(path));
        _faults.AddRange(file.Faults);
        foreach (var setting in SettingTable.All)
        {
            var named = file.Entries.Where(e => IsNamed(setting, e.Key)).ToList();
            if (named.Select(e => e.Key).Distinct().Count() > 1)
                _faults.Add(new ConfigurationFault(setting.Key, null, named[^1].Where, $"stands in the file twice, also as {named[0].Key}"));
        }
        _unknownInFile.AddRange(file.Entries.Where(e => !SettingTable.All.Any(s => IsNamed(s, e.Key))));
        return file.Entries;
    }

    void CheckUnknown(FlagReading flags, CommandSyntax syntax)
    {
        var ignore = syntax.IgnoreUnknown && !_options.Strict;
        foreach (var name in flags.Unknown)
            Unknown(name, "flag " + name, Suggestion.For(name, syntax.Specs.Select(s => s.Flag)), ignore);
        foreach (var entry in _unknownInFile)
            Unknown(entry.Key, entry.Where, Suggestion.For(entry.Key, SettingTable.All.Select(s => s.Key)), !_options.Strict);
        if (!syntax.IgnoreUnknown)
            return;
        foreach (var argument in flags.Arguments)
            Unknown(argument, "command line", null, ignore);
        flags.Arguments.Clear();
    }

    /// <summary>A near miss is a mistake wherever it stands: ignoring it would run the miner without what was asked for.</summary>
    void Unknown(string name, string where, string? suggestion, bool ignore)
    {
        if (suggestion is not null)
            _faults.Add(new ConfigurationFault(name, null, where, $"is not known; did you mean {suggestion}?"));
        else if (ignore)
            _warnings.Add($"{name} ({where}) is not known and ignored, as the reference does; --strict refuses it");
        else
            _faults.Add(new ConfigurationFault(name, null, where, "is not known; --help lists what is"));
    }

    void WarnOfUnknownVariables()
    {
        var own = _environment.Keys.Where(v => v.StartsWith("MINER_", StringComparison.Ordinal));
        foreach (var variable in own.Order(StringComparer.Ordinal))
        {
            if (SettingTable.All.Any(s => s.OwnVariable == variable))
                continue;
            if (Suggestion.For(variable, SettingTable.All.Select(s => s.OwnVariable)) is { } near)
                _faults.Add(new ConfigurationFault(variable, null, "environment variable", $"is not known; did you mean {near}?"));
            else
                _warnings.Add($"environment variable {variable} is not a setting and ignored");
        }
    }

    ImmutableDictionary<string, string> ReadOwnFlags(FlagReading flags, CommandSyntax syntax)
    {
        var own = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var flag in syntax.Flags)
        {
            if (!flags.Values.TryGetValue(flag.Key, out var given))
                continue;
            if (flag.Check(given.Text) is { } allowed)
                _faults.Add(new ConfigurationFault(flag.Key, given.Text, "flag " + given.Typed, allowed));
            own[flag.Key] = given.Text;
        }
        return own.ToImmutable();
    }

    /// <summary>An explicit endpoint wins over a network, but not one from the environment over a network on the command line.</summary>
    void PreferTheNearerChain(ImmutableArray<SettingOrigin> origins)
    {
        var network = Source("subtensor.network");
        var endpoint = Source("subtensor.chain_endpoint");
        if (network.Kind <= endpoint.Kind || endpoint.Kind == SettingSourceKind.Default)
            return;
        _options.Subtensor.ChainEndpoints = [];
        _warnings.Add($"subtensor.chain_endpoint ({endpoint.Where}) is not used: subtensor.network ({network.Where}) wins");

        SettingSource Source(string key) => origins.FirstOrDefault(o => o.Setting.Key == key)?.Source ?? SettingSource.Default;
    }

    static bool IsNamed(Setting setting, string key) =>
        setting.Key == key || setting.Destination == key || setting.Aliases.Contains("--" + key);
}
