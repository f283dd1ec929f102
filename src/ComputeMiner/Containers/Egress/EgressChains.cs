namespace ComputeMiner.Containers.Egress;

/// <summary>The miner's chains in the filter table of one address family, and the jumps that lead to them.</summary>
sealed class EgressChains(Iptables iptables, EgressNames names, bool ipv6)
{
    const string Input = "INPUT";
    const string Forward = "FORWARD";

    // What is left out one after the other where the kernel takes not all.
    static readonly EgressCaps[] Levels = [EgressCaps.All, EgressCaps.Connections, EgressCaps.Bytes, EgressCaps.None];

    readonly string[] _ours = [names.Forward, names.Inward, names.Input];

    string? _wanted;
    string? _saved;

    /// <summary>The caps of the last rules.</summary>
    public EgressCaps Caps { get; private set; }

    /// <summary>Why the last rules were set without some caps; null when they have all.</summary>
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
        var wanted = $"{bridge}\n{string.Join('\n', rules.Lines(ipv6, EgressCaps.All))}";
        if (wanted == _wanted && Show(table) == _saved && HooksHold(table, bridge, rules))
            return EgressChange.None;

        if (await SetAsync(table, bridge, rules, cancellation) is { } fault)
            return EgressChange.Failed(fault);
        (table, error) = await iptables.ReadAsync(ipv6, cancellation);
        if (table is null || !HooksHold(table, bridge, rules))
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
        string[] chains = [.. _ours.Where(table.Has)];
        if (chains.Length == 0)
            return EgressChange.None;
        var fault = await iptables.ChangeAsync(
            ipv6, [.. chains.Select(Declare), .. Unhook(table), .. chains.Select(chain => $"-X {chain}")], cancellation);
        return fault is null ? EgressChange.Made : EgressChange.Failed(fault);
    }

    async Task<string?> SetAsync(FilterTable table, string bridge, EgressRules rules, CancellationToken cancellation)
    {
        WithoutCaps = null;
        string? fault = null;
        foreach (var caps in Levels)
        {
            fault = await iptables.ChangeAsync(ipv6, Change(table, bridge, rules, caps), cancellation);
            Caps = caps;
            if (fault is null)
                return null;
            WithoutCaps ??= fault;
        }
        return fault;
    }

    IEnumerable<string> Change(FilterTable table, string bridge, EgressRules rules, EgressCaps caps)
    {
        var over = !rules.HasInward && table.Has(names.Inward);
        return
        [
            .. _ours.Where(chain => chain != names.Inward || rules.HasInward || over).Select(Declare),
            .. Unhook(table),
            .. Wanted(table, rules).Select(hook => hook.Insert(bridge)),
            .. rules.Lines(ipv6, caps),
            .. over ? [$"-X {names.Inward}"] : Array.Empty<string>(),
        ];
    }

    bool HooksHold(FilterTable table, string bridge, EgressRules rules)
    {
        var wanted = Wanted(table, rules).ToList();
        return wanted.TrueForAll(hook => table.IsFirst(hook.Chain, hook.Target, hook.Option, bridge, _ours))
            && Possible().All(hook => wanted.Contains(hook) || !table.Jumps(hook.Chain, hook.Target).Any());
    }

    // Docker's own rules let a bridge out, so ours come before them. Docker's chain for operators keeps its place over a restart of Docker;
    // where nothing leads there first, as after a flush of FORWARD, the jump stands in FORWARD too.
    IEnumerable<EgressHook> Wanted(FilterTable table, EgressRules rules) => Possible().Where(hook =>
        (hook.Target != names.Inward || rules.HasInward)
        && hook.Chain switch
        {
            Iptables.DockerChain => table.Has(Iptables.DockerChain),
            Forward => !table.IsFirst(Forward, Iptables.DockerChain, "-i", null, _ours),
            _ => true,
        });

    IEnumerable<EgressHook> Possible() =>
    [
        new(Iptables.DockerChain, names.Inward, "-o"), new(Iptables.DockerChain, names.Forward, "-i"),
        new(Forward, names.Inward, "-o"), new(Forward, names.Forward, "-i"), new(Input, names.Input, "-i"),
    ];

    IEnumerable<string> Unhook(FilterTable table) =>
        Possible().SelectMany(hook => table.Jumps(hook.Chain, hook.Target)).Select(rule => $"-D{rule[2..]}");

    string Show(FilterTable table) => string.Join('\n', _ours.SelectMany(table.Rules));

    // Makes the chain, or empties it.
    static string Declare(string chain) => $":{chain} - [0:0]";
}
