using System.Collections.Immutable;

namespace ComputeMiner.Configuration;

/// <summary>
/// One thing an operator can set: the flag <c>--key</c>, the environment variable <c>MINER_KEY</c>, the key in the file of --config,
/// and what the reference called them.
/// </summary>
sealed record Setting
{
    /// <summary>Its name everywhere: "axon.port".</summary>
    public required string Key { get; init; }

    /// <summary>What it does, with the unit.</summary>
    public required string Help { get; init; }

    /// <summary>Stands for the value in help; empty for a switch.</summary>
    public required string Placeholder { get; init; }

    /// <summary>Sets the value from its text; returns null, or what is allowed.</summary>
    public required Func<MinerOptions, string, string?> Set { get; init; }

    /// <summary>The value as it may be printed.</summary>
    public required Func<MinerOptions, string> Show { get; init; }

    /// <summary>More flags for the same.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The reference's environment variables.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>The name the reference's file uses where it differs from the flag.</summary>
    public string? Destination { get; init; }

    /// <summary>The reference knows this flag: its abbreviations keep working.</summary>
    public bool OfReference { get; init; }

    /// <summary>Why it does nothing here; null when it does something.</summary>
    public string? WithoutEffect { get; init; }

    /// <summary>A warning that goes with a switch that is turned on; null for none.</summary>
    public string? Remark { get; init; }

    public string Flag => "--" + Key;

    public string OwnVariable => "MINER_" + Key.ToUpperInvariant().Replace('.', '_').Replace('-', '_');

    public bool IsSwitch => Placeholder.Length == 0;

    public IEnumerable<string> Flags => Aliases.Prepend(Flag);

    public static Setting Of<T>(string key, ValueKind<T> kind, Func<MinerOptions, T> get, Action<MinerOptions, T> set, string help) => new()
    {
        Key = key,
        Help = help,
        Placeholder = kind.Placeholder,
        Show = options => kind.Show(get(options)),
        Set = (options, text) =>
        {
            if (kind.Read(text, out var value) is { } allowed)
                return allowed;
            set(options, value!);
            return null;
        },
    };

    /// <summary>As <see cref="Of{T}"/>, for a value that may be absent.</summary>
    public static Setting OfOptional<T>(string key, ValueKind<T> kind, Func<MinerOptions, T?> get, Action<MinerOptions, T?> set,
        string help) where T : struct =>
        Of(key, new ValueKind<T?>(kind.Placeholder, (text, out value) =>
        {
            var fault = kind.Read(text, out var read);
            value = read;
            return fault;
        }, v => v is { } present ? kind.Show(present) : ""), get, set, help);

    /// <summary>A flag of the reference that is accepted and does nothing.</summary>
    public static Setting Inert(string key, string placeholder, string why) => new()
    {
        Key = key,
        Help = "Accepted without effect: " + why,
        Placeholder = placeholder,
        OfReference = true,
        WithoutEffect = why,
        Show = static _ => "",
        Set = static (_, _) => null,
    };
}
