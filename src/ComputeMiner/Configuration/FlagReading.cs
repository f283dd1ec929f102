namespace ComputeMiner.Configuration;

/// <summary>
/// The command line by the rules of Python's argparse, which the reference uses: "--flag value", "--flag=value", unique abbreviations,
/// switches without a value (or with =true, =false), "--" before arguments that look like flags; the last of equal flags wins.
/// </summary>
sealed class FlagReading
{
    readonly Dictionary<string, FlagValue> _values = [];

    FlagReading()
    {
    }

    public IReadOnlyDictionary<string, FlagValue> Values => _values;

    public List<string> Arguments { get; } = [];

    /// <summary>Flags that stand for nothing; a value behind one went with it.</summary>
    public List<string> Unknown { get; } = [];

    public List<ConfigurationFault> Faults { get; } = [];

    /// <summary>Flags that were given more than once.</summary>
    public List<string> Repeated { get; } = [];

    public static FlagReading Read(IReadOnlyList<string> tokens, IReadOnlyList<FlagSpec> specs)
    {
        var reading = new FlagReading();
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] == "--")
            {
                reading.Arguments.AddRange(tokens.Skip(i + 1));
                break;
            }
            if (!LooksLikeFlag(tokens[i]))
            {
                reading.Arguments.Add(tokens[i]);
                continue;
            }
            var equals = tokens[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? tokens[i] : tokens[i][..equals];
            var text = equals < 0 ? null : tokens[i][(equals + 1)..];
            var next = i + 1 < tokens.Count && !LooksLikeFlag(tokens[i + 1]) ? tokens[i + 1] : null;
            if (reading.TakeFlag(name, text, next, Matches(name, specs)))
                i++;
        }
        return reading;
    }

    /// <summary>Takes one flag; true when it used up the token behind it.</summary>
    bool TakeFlag(string name, string? text, string? next, List<FlagSpec> matches)
    {
        switch (matches)
        {
            case []:
                Unknown.Add(name);
                return text is null && next is not null;
            case [{ IsSwitch: true } match]:
                Set(match, text ?? "true");
                // argparse would turn the switch on and drop the word: the opposite of what was meant, and not to be seen afterwards.
                if (text is null && match.HasEffect && next is not null && ValueKinds.IsFalse(next))
                    Faults.Add(new ConfigurationFault(match.Key, next, "flag " + name, $"written {match.Flag}={next}: a switch takes no value behind it"));
                return false;
            case [var match]:
                if ((text ?? next) is { } value)
                    Set(match, value);
                else
                    Faults.Add(new ConfigurationFault(match.Key, null, "flag " + name, "needs a value behind it"));
                return text is null && next is not null;
            default:
                var choices = string.Join(", ", matches.Select(m => m.Flag));
                Faults.Add(new ConfigurationFault(name.TrimStart('-'), null, "flag " + name,
                    $"is short for more than one flag: {choices}"));
                return text is null && next is not null && matches.TrueForAll(m => !m.IsSwitch);
        }
    }

    void Set(FlagSpec flag, string text)
    {
        if (!_values.TryAdd(flag.Key, new FlagValue(flag.Key, text, flag.Flag)))
        {
            _values[flag.Key] = new FlagValue(flag.Key, text, flag.Flag);
            Repeated.Add(flag.Flag);
        }
    }

    /// <summary>What a name stands for. An abbreviation that the reference understands stays unique whatever flags were added since.</summary>
    static List<FlagSpec> Matches(string name, IReadOnlyList<FlagSpec> specs)
    {
        var exact = specs.Where(s => s.Flag == name).ToList();
        if (exact.Count > 0 || !name.StartsWith("--", StringComparison.Ordinal))
            return exact;
        var started = specs.Where(s => s.Flag.StartsWith(name, StringComparison.Ordinal)).DistinctBy(s => s.Key).ToList();
        var reference = started.Where(s => s.OfReference).ToList();
        return reference.Count == 1 ? reference : started;
    }

    // As argparse tells them apart: "-5" is a value as long as no flag looks like a number (none does here), so is "-" alone, and so is
    // what has a blank in its name, such as "-O -w 3".
    static bool LooksLikeFlag(string token) =>
        token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]) && !token.AsSpan()[..NameEnd(token)].Contains(' ');

    static int NameEnd(string token) => token.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? equals : token.Length;
}
