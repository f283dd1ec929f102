using Bittensor.Subtensor;
using ComputeMiner.Admission;

namespace ComputeMiner.Updates;

/// <summary>
/// Counts which versions the validators run. It tells and decides nothing: a validator that is behind, or publishes no version, sets
/// weights like any other, so nobody is refused for it (in the reference the check that used this list is commented out).
/// </summary>
sealed partial class ValidatorCensus(
    SubtensorClient chain, Netuid netuid, MetagraphSource metagraphs, VersionFile file, int threshold, double minStake, uint ownVersion,
    TimeProvider time, ILogger<ValidatorCensus> logger)
{
    const string None = "none";

    volatile CensusResult? _last;
    volatile string? _fault;
    volatile KnownVersions? _known;
    bool? _toldQuorum;
    bool _toldOutdated;

    /// <summary>The last good count, which stays while the chain is away; null before the first.</summary>
    public CensusResult? Last => _last;

    /// <summary>This program counts as a version that validators leave out.</summary>
    public bool IsOutdated => _known?.Versions.MinimalMiner > ownVersion;

    /// <summary>What there is to say, for an operator.</summary>
    public string Detail
    {
        get
        {
            var outdated = IsOutdated
                ? $"validators leave out miners below {SubnetVersion.Show(_known!.Versions.MinimalMiner!.Value)}, and this program counts as {SubnetVersion.Show(ownVersion)}: look for a newer one; "
                : "";
            return outdated + (_last?.ToString() ?? "not counted yet") + (_fault is { } fault ? $"; minimum version {fault}" : "");
        }
    }

    /// <summary>Counts, once the metagraph was read.</summary>
    /// <returns>The same as <see cref="Detail"/>.</returns>
    /// <exception cref="Bittensor.Substrate.SubstrateException">The chain did not answer; the last count stays.</exception>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        await metagraphs.FirstRead.WaitAsync(cancellation);
        var (known, fault) = await file.ReadAsync(cancellation);
        _known = known;
        _fault = fault is null ? null
            : known is null ? $"unknown: {fault}"
            : $"as of {known.ReadAt:u}: {fault}";
        var metagraph = metagraphs.Current!;
        var validators = metagraph.Neurons.Where(neuron => neuron.Stake >= minStake && !neuron.Hotkey.Account.IsZero).Select(neuron => neuron.Hotkey).ToList();
        var published = await chain.GetPrometheusAsync(netuid, validators, cancellation);
        var versions = validators.Select(hotkey => published.TryGetValue(hotkey, out var info) ? info.Version : 0).ToList();
        var minimum = known?.Versions.MinimalValidator;
        int? updated = minimum is { } least ? versions.Count(version => version >= least) : null;
        _last = new CensusResult(
            metagraph.Block, time.GetUtcNow(), validators.Count,
            [.. versions.GroupBy(version => version).OrderByDescending(group => group.Key)
                .Select(group => new VersionCount(group.Key == 0 ? None : SubnetVersion.Show(group.Key), group.Count()))],
            minimum, updated,
            updated is { } count ? validators.Count > 0 && 100.0 * count / validators.Count > threshold : null);
        Tell(_last);
        return Detail;
    }

    void Tell(CensusResult result)
    {
        if (result.IsQuorum is { } quorum && quorum != _toldQuorum)
        {
            Log.Counted(logger, result);
            _toldQuorum = quorum;
        }
        if (IsOutdated && !_toldOutdated)
            Log.Outdated(logger, SubnetVersion.Show(_known!.Versions.MinimalMiner!.Value), SubnetVersion.Show(ownVersion));
        _toldOutdated = IsOutdated;
    }

    static partial class Log
    {
        [LoggerMessage(6350, LogLevel.Information, "Versions of validators: {Census}")]
        public static partial void Counted(ILogger logger, CensusResult census);

        [LoggerMessage(6351, LogLevel.Warning, "Validators leave out miners below version {Minimum}, and this program counts as {Own}. Look for a newer one.")]
        public static partial void Outdated(ILogger logger, string minimum, string own);
    }
}
