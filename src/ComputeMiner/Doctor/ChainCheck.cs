using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Configuration;

namespace ComputeMiner.Doctor;

/// <summary>The chain answers, our clock agrees with it, and the hotkey is registered.</summary>
sealed class ChainCheck(MinerOptions options, Hotkey? hotkey, TimeProvider time, ILoggerFactory loggers) : IDoctorCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // A block is at most 12 s old, and callers' clocks may be 4 s off before the axon refuses their requests as stale.
    static readonly TimeSpan LargestLag = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LargestLead = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var settings = new SubtensorOptions
        {
            Endpoints = options.Subtensor.Endpoints,
            ExpectedGenesis = options.Subtensor.ExpectedGenesis,
        };
        await using var chain = new SubtensorClient(settings, time, loggers.CreateLogger<SubtensorClient>());
        var endpoints = Addresses.Endpoints.Show(options.Subtensor.Endpoints);
        try
        {
            var head = await chain.GetHeadAsync(both.Token);
            return
            [
                CheckResult.Good("chain", $"block {head.Number} from {endpoints}"),
                await CheckClockAsync(chain, head, both.Token),
                .. await CheckRegistrationAsync(chain, both.Token),
            ];
        }
        catch (Exception fault) when (fault is SubstrateException || fault is OperationCanceledException && limit.IsCancellationRequested)
        {
            var why = fault is SubstrateException ? fault.Message : $"no answer within {Patience.TotalSeconds:0} s";
            return [CheckResult.Failed("chain", $"{endpoints}: {why}",
                "check the network, or name another node with --subtensor.chain_endpoint")];
        }
    }

    async Task<CheckResult> CheckClockAsync(SubtensorClient chain, BlockHeader head, CancellationToken cancellation)
    {
        var stamp = await chain.Substrate.GetStorageAsync("Timestamp", "Now", [], head.Hash, cancellation);
        var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds((long)(stamp?.AsUInt64() ?? 0));
        return age < LargestLag && age > -LargestLead
            ? CheckResult.Good("clock", $"the newest block is {age.TotalSeconds:0.0} s old")
            : CheckResult.Warning("clock", $"the newest block is {age.TotalSeconds:0.0} s old by this clock",
                "set the clock by network time: validators' requests look stale to a wrong one; or the node is behind");
    }

    async Task<IReadOnlyList<CheckResult>> CheckRegistrationAsync(SubtensorClient chain, CancellationToken cancellation)
    {
        if (hotkey is not { } key)
            return [];
        if (await chain.GetUidAsync(options.Netuid, key, cancellation) is { } uid)
            return [CheckResult.Good("registration", $"uid {uid.Value} on subnet {options.Netuid}")];
        var cost = await chain.GetBurnAsync(options.Netuid, cancellation);
        return [CheckResult.Failed("registration", $"{key} is not registered on subnet {options.Netuid}",
            $"register it; it costs {cost / 1e9:0.#########} TAO now")];
    }
}
