namespace ComputeMiner.Containers.Egress;

/// <summary>
/// Keeps containers from the host, its LAN, the metadata of its cloud, and from sending mail. Rules lie in chains of our own; nothing of
/// others is changed.
/// </summary>
sealed partial class EgressGuard : IDisposable
{
    const string Name = "Egress";
    const string Remedy = "run the miner as root with the package iptables installed; --container.egress enforce starts nothing without the rules";

    static readonly SafeguardState SharedState = new(
        Name, true, "off here, and left to the other miner whose network this is: its rules hold for all containers on it");

    static readonly SafeguardState OffState = new(Name, true, "off: a tenant reaches this host's services and its LAN");

    readonly EgressOptions _options;
    readonly EgressNames _names;
    readonly EgressChains _v4;
    readonly EgressChains _v6;
    readonly ILogger<EgressGuard> _logger;
    readonly SemaphoreSlim _turn = new(1, 1);
    volatile SafeguardState _current = new(Name, false, "not looked at yet");
    volatile string? _required;
    bool _wasInForce;
    bool _isOver;

    public EgressGuard(ContainerOptions options, EngineNamespace host, ILogger<EgressGuard> logger)
    {
        (_options, _names, _logger) = (options.Egress, EgressNames.Of(options), logger);
        var iptables = new Iptables(host);
        (_v4, _v6) = (new EgressChains(iptables, _names, false), new EgressChains(iptables, _names, true));
    }

    /// <summary>How the rules stand, from memory.</summary>
    public SafeguardState Current => _current;

    /// <summary>Refuses a tenant where the rules are required and were not in force when last looked at.</summary>
    /// <exception cref="ContainerEngineException">They were not.</exception>
    public void RequireInForce()
    {
        if (_required is { } fault)
            throw new ContainerEngineException(fault);
    }

    /// <summary>Sets the rules where they are not as they should be.</summary>
    /// <exception cref="ContainerEngineException">They cannot be set, and no container may start without them.</exception>
    public async Task EnsureAsync(BridgeNetwork network, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_options.Mode == EgressMode.Off)
                await LiftAsync(network, cancellation);
            else
                await SetAsync(network, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks whether rules can be set; sets none.</summary>
    public async Task<SafeguardState> ExamineAsync(CancellationToken cancellation) =>
        _options.Mode == EgressMode.Off ? OffState : await _v4.ExamineAsync(cancellation) is { } error
            ? new SafeguardState(Name, false, $"rules that keep a tenant from this host and its LAN cannot be set: {error}", Remedy)
            : new SafeguardState(Name, true, "rules that keep a tenant from this host and its LAN can be set");

    /// <summary>Takes the rules away, because there is no network of ours any more.</summary>
    public async Task RemoveAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var (v4, v6) = (await _v4.RemoveAsync(cancellation), await _v6.RemoveAsync(cancellation));
            if (v4.Changed || v6.Changed)
                Log.Removed(_logger, _names.Forward, _names.Input);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    async Task LiftAsync(BridgeNetwork network, CancellationToken cancellation)
    {
        // Its rules are not ours to lift; they would be back within seconds.
        if (network.IsOfAnother)
        {
            _current = SharedState;
            return;
        }
        if (_isOver)
            return;
        await _v4.RemoveAsync(cancellation);
        await _v6.RemoveAsync(cancellation);
        _isOver = true;
        _current = OffState;
        Log.Off(_logger);
    }

    async Task SetAsync(BridgeNetwork network, CancellationToken cancellation)
    {
        var rules = new EgressRules(_names, Resolvers.Find(), _options);
        var v4 = await _v4.EnsureAsync(network.Bridge, rules, cancellation);
        var v6 = await _v6.EnsureAsync(network.Bridge, rules, cancellation);
        // A kernel without IPv6 has no table for it, and a network without IPv6 no use.
        if ((v4.Error ?? (network.Ipv6 ? v6.Error : null)) is { } error)
        {
            Fail(error);
            return;
        }
        var caps = DescribeCaps();
        var detail = $"rules in force on {network.Bridge}: {caps}{(v6.Error is null ? "" : "; IPv4 alone, the network has no IPv6")}"
            + (network.IsOfAnother ? "; the network is another miner's, and both set the same rules: keep their settings alike" : "");
        if (!v4.Changed && !v6.Changed && _current.Ok)
            return;
        _current = new SafeguardState(Name, true, detail);
        _required = null;
        if (_wasInForce)
            Log.Restored(_logger, network.Bridge);
        else
            Log.InForce(_logger, detail);
        _wasInForce = true;
    }

    string DescribeCaps()
    {
        List<string> held = [], lost = [];
        (_v4.Caps.HasFlag(EgressCaps.Connections) ? held : lost).Add($"{_options.ConnectionsPerSecond} new connections/s, {_options.Connections} at once");
        if (_options.Upload is { } upload)
            (_v4.Caps.HasFlag(EgressCaps.Bytes) ? held : lost).Add($"{upload} KiB/s sent");
        if (_options.Download is { } download)
            (_v4.Caps.HasFlag(EgressCaps.Bytes) ? held : lost).Add($"{download} KiB/s received");
        var words = held.Count == 0 ? "no caps" : string.Join(", ", held);
        return lost.Count == 0 ? words : $"{words}; without {string.Join(", ", lost)} ({_v4.WithoutCaps})";
    }

    void Fail(string error)
    {
        var required = _options.Mode == EgressMode.Enforce || _wasInForce;
        var detail = $"a tenant reaches this host's services and its LAN: the rules cannot be set: {error}";
        if (_current.Detail != detail)
            Log.CannotSet(_logger, error, required ? "No container is started meanwhile." : "Containers are started all the same.");
        _current = new SafeguardState(Name, false, detail, Remedy);
        _required = required
            ? $"The rules that keep a tenant from this host and its LAN cannot be set: {error} Run the miner as root with the package iptables installed, or lift them with --container.egress off."
            : null;
        RequireInForce();
    }

    static partial class Log
    {
        [LoggerMessage(3200, LogLevel.Information, "Egress: {Detail}")]
        public static partial void InForce(ILogger logger, string detail);

        [LoggerMessage(3201, LogLevel.Warning, "Egress rules on {Bridge} were gone or changed, as after a firewall reload; they are back")]
        public static partial void Restored(ILogger logger, string bridge);

        [LoggerMessage(3202, LogLevel.Error, "Egress rules cannot be set, a tenant reaches this host's services and its LAN: {Reason} {Consequence}")]
        public static partial void CannotSet(ILogger logger, string reason, string consequence);

        [LoggerMessage(3203, LogLevel.Information, "Egress rules {Forward} and {Input} removed")]
        public static partial void Removed(ILogger logger, string forward, string input);

        [LoggerMessage(3204, LogLevel.Warning, "Egress rules are off: a tenant reaches this host's services and its LAN")]
        public static partial void Off(ILogger logger);
    }
}
