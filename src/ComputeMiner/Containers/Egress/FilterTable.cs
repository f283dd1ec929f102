namespace ComputeMiner.Containers.Egress;

/// <summary>The host's filter table as iptables-save wrote it: chains, and their rules in order.</summary>
sealed class FilterTable
{
    readonly HashSet<string> _chains = [];
    readonly Dictionary<string, List<string>> _rules = [];

    public static FilterTable Parse(string saved)
    {
        var table = new FilterTable();
        foreach (var line in saved.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == ':')
                table._chains.Add(line[1..].Split(' ')[0]);
            else if (line.StartsWith("-A ", StringComparison.Ordinal) && line.Split(' ') is [_, var chain, ..])
                table.Of(chain).Add(line);
        }
        return table;
    }

    public bool Has(string chain) => _chains.Contains(chain);

    /// <summary>Rules of a chain, each a line that begins with <c>-A</c>.</summary>
    public IReadOnlyList<string> Rules(string chain) => _rules.TryGetValue(chain, out var rules) ? rules : [];

    /// <summary>Rules of a chain that jump to another.</summary>
    public IEnumerable<string> Jumps(string chain, string target) => Rules(chain).Where(rule => IsJump(rule, target));

    /// <summary>
    /// A jump to the target stands there once, for the interface, and before every rule that packets of this interface could meet.
    /// Rules for other interfaces may come first: two miners on one host would else take turns for ever; so may jumps to chains of ours.
    /// </summary>
    /// <param name="chain">Where.</param>
    /// <param name="target">The chain it leads to.</param>
    /// <param name="option"><c>-i</c> or <c>-o</c>: how the interface is named.</param>
    /// <param name="bridge">The interface; null for any.</param>
    /// <param name="ours">Chains that only drop or return.</param>
    public bool IsFirst(string chain, string target, string option, string? bridge, IReadOnlyList<string> ours)
    {
        var reached = Rules(chain).SkipWhile(rule => !IsJump(rule, target) && (IsForAnother(rule, option, bridge) || ours.Any(each => IsJump(rule, each)))).ToList();
        return reached.Count > 0 && IsJump(reached[0], target) && Names(reached[0], option) == bridge && Jumps(chain, target).Count() == 1;
    }

    static bool IsForAnother(string rule, string option, string? bridge) =>
        Names(rule, option) is { } other && other != bridge && bridge is not null && !other.EndsWith('+')
        && !rule.Contains($" ! {option} ", StringComparison.Ordinal);

    static bool IsJump(string rule, string target) => Names(rule, "-j") == target;

    // The word behind an option. Quoted comments are in the way only of somebody who writes options into them.
    static string? Names(string rule, string option)
    {
        var words = rule.Split(' ');
        var at = Array.IndexOf(words, option);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }

    List<string> Of(string chain)
    {
        if (!_rules.TryGetValue(chain, out var rules))
            _rules[chain] = rules = [];
        return rules;
    }
}
