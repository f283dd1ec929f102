namespace ComputeMiner.Containers.Egress;

/// <summary>The miner's chains in the filter table of one address family, and the jumps that lead to them.</summary>
sealed class EgressChains(Iptables iptables, EgressNames names, bool ipv6)
{
    const string Input = "INPUT";
    const string Forward = "FORWARD";

    static readonly string[] Hooks = [Iptables.DockerChain, Forward, Input];

    string? _wanted;
    string? _saved;

    /// <summary>Why the last rules were set without caps; null when they have them.</summary>
    public string? WithoutCaps { get; private set; }

    /// <summary>Null when this process may change rules, else why not. An empty change asks for the right and leaves nothing.</summary>
    public async Task<string?> ExamineAsync(CancellationToken cancellation) =>
        await iptables.ReadAsync(ipv6, cancellation) is (null, var error) ? error : await iptables.ChangeAsync(ipv6, [], cancellation);

    /// <summary>Looks whether the rules are there as they were set, and sets them where not, in one step.</summary>
    public async Task<EgressChange> EnsureAsync(string bridge, EgressRules rules, CancellationToken cancellation)
    {
        var (table, error) = await iptables.ReadAsync(ipv6, cancellation);
        if (table is null)
            return EgressChange.Failed(error);
        var wanted = $"{bridge}\n{string.Join('\n', rules.Lines(ipv6, caps: true))}";
        if (wanted == _wanted && Show(table) == _saved && HooksHold(table, bridge))
            return EgressChange.None;

        WithoutCaps = await SetAsync(table, bridge, rules.Lines(ipv6, caps: true), cancellation);
        if (WithoutCaps is not null && await SetAsync(table, bridge, rules.Lines(ipv6, caps: false), cancellation) is { } fault)
            return EgressChange.Failed(fault);
        (table, error) = await iptables.ReadAsync(ipv6, cancellation);
        if (table is null || !HooksHold(table, bridge))
            return EgressChange.Failed(table is null ? error : "the rules were set and are not there; something else on this machine removes them.");
        (_wanted, _saved) = (wanted, Show(table));
        return EgressChange.Made;
    }

    /// <summary>Takes the chains and the jumps away; nothing happens where there are none.</summary>
    public async Task<EgressChange> RemoveAsync(CancellationToken cancellation)
    {
        var (table, error) = await iptables.ReadAsync(ipv6, cancellation);
        if (table is null)
            return EgressChange.Failed(error);
        (_wanted, _saved) = (null, null);
        string[] chains = [.. ((string[])[names.Forward, names.Input]).Where(table.Has)];
        if (chains.Length == 0)
            return EgressChange.None;
        var fault = await iptables.ChangeAsync(
            ipv6, [.. chains.Select(Declare), .. Unhook(table), .. chains.Select(chain => $"-X {chain}")], cancellation);
        return fault is null ? EgressChange.Made : EgressChange.Failed(fault);
    }

    Task<string?> SetAsync(FilterTable table, string bridge, IEnumerable<string> rules, CancellationToken cancellation) => iptables.ChangeAsync(
        ipv6,
        [
            Declare(names.Forward),
            Declare(names.Input),
            .. Unhook(table),
            .. Wanted(table).Select(hook => $"-I {hook} 1 -i {bridge} -m comment --comment \"computeminer egress\" -j {Target(hook)}"),
            .. rules,
        ],
        cancellation);

    bool HooksHold(FilterTable table, string bridge)
    {
        var wanted = Wanted(table).ToList();
        return Hooks.All(hook => wanted.Contains(hook) ? table.IsFirst(hook, Target(hook), bridge) : !table.Jumps(hook, Target(hook)).Any());
    }

    // Docker's own rules let a bridge out, so ours come before them. Docker's chain for operators keeps its place over a restart of Docker;
    // where nothing leads there first, as after a flush of FORWARD, the jump stands in FORWARD too.
    static IEnumerable<string> Wanted(FilterTable table)
    {
        if (table.Has(Iptables.DockerChain))
            yield return Iptables.DockerChain;
        if (!table.IsFirst(Forward, Iptables.DockerChain, null))
            yield return Forward;
        yield return Input;
    }

    IEnumerable<string> Unhook(FilterTable table) =>
        Hooks.SelectMany(hook => table.Jumps(hook, Target(hook))).Select(rule => $"-D{rule[2..]}");

    string Show(FilterTable table) => string.Join('\n', table.Rules(names.Forward).Concat(table.Rules(names.Input)));

    string Target(string hook) => hook == Input ? names.Input : names.Forward;

    // Makes the chain, or empties it.
    static string Declare(string chain) => $":{chain} - [0:0]";
}
