using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;

namespace ComputeMiner.Registry;

/// <summary>Everything between the miner and the registry: our run there, and what the validators' runs say of us.</summary>
sealed partial class RegistryLink : IDisposable
{
    readonly RegistryOutbox _outbox;
    readonly AllocationReader _reader;
    readonly AllocationVerdicts _verdicts;
    readonly MetagraphSource _metagraphs;
    readonly Hotkey _hotkey;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    string? _forgotten;

    /// <param name="settings">Which registry.</param>
    /// <param name="keys">Where the API key may lie.</param>
    /// <param name="stateDirectory">Where our run's id is kept.</param>
    /// <param name="hotkey">Signs the run.</param>
    /// <param name="facts">What the miner is at this moment.</param>
    /// <param name="metagraphs">Whose word counts, and how the chain sees us.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Told what an operator acts on.</param>
    public RegistryLink(
        RegistrySettings settings, RegistryKeySources keys, string stateDirectory, Keypair hotkey, Func<RegistryFacts> facts, MetagraphSource metagraphs, TimeProvider time,
        ILoggerFactory loggers)
    {
        (_hotkey, _metagraphs, _time, _logger) = (hotkey.Hotkey, metagraphs, time, loggers.CreateLogger<RegistryLink>());
        var access = new RegistryAccess(settings, keys, time);
        _outbox = new RegistryOutbox(new RegistryStateFile(stateDirectory, hotkey.Hotkey), reason => Log.StateUnwritten(_logger, reason));
        Publisher = new RegistryPublisher(access, hotkey, facts, _outbox, time, loggers.CreateLogger<RegistryPublisher>());
        _reader = new AllocationReader(access, hotkey.Hotkey, new Netuid(facts().Netuid), metagraphs);
        _verdicts = new AllocationVerdicts(time);
    }

    /// <summary>Keeps our run.</summary>
    public RegistryPublisher Publisher { get; }

    /// <summary>What the validators' runs said last.</summary>
    public AllocationReading Reading => _verdicts.Last;

    /// <summary>Adds how the chain sees us to the run's history, once the chain was read.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The same for a person.</returns>
    public async Task<string> AddChainDataAsync(CancellationToken cancellation)
    {
        await _metagraphs.FirstRead.WaitAsync(cancellation);
        if (_metagraphs.Current is not { } metagraph || !metagraph.TryGetNeuron(_hotkey, out var neuron))
            return "not on the subnet";
        Publisher.AddHistory(HistoryLine.Of(metagraph.Block, neuron));
        return $"block {metagraph.Block}";
    }

    /// <summary>
    /// Compares what the validators' runs say with who holds the machine. A rental they have forgotten for long is said, and goes on: the
    /// word in a run is signed by nobody, and a renter's machine is not ended on it.
    /// </summary>
    /// <param name="id">The rental; null when the machine is free.</param>
    /// <param name="allocatedBy">Who allocated it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was found, for a person.</returns>
    public async Task<string> CompareAsync(string? id, Hotkey? allocatedBy, CancellationToken cancellation)
    {
        await _metagraphs.FirstRead.WaitAsync(cancellation);
        var reading = await _reader.ReadAsync(allocatedBy, cancellation);
        _verdicts.Observe(id, reading);
        if (id is null)
            return reading.Verdict == AllocationVerdict.Listed ? $"{reading.Detail}, although nobody has the machine" : reading.Detail;
        if (_verdicts.ForgottenSince is not { } since)
            return reading.Detail;
        if (_forgotten != id)
            Log.Forgotten(_logger, id, (_time.GetUtcNow() - since).TotalMinutes);
        _forgotten = id;
        return $"no validator has listed rental {id} since {since:u}; it goes on until its owner, its end or `miner release`";
    }

    public void Dispose() => Publisher.Dispose();

    static partial class Log
    {
        [LoggerMessage(6202, LogLevel.Warning, "No validator has listed rental {Rental} for {Minutes:0} minutes. It goes on until its owner, its end or `miner release`.")]
        public static partial void Forgotten(ILogger logger, string rental, double minutes);

        [LoggerMessage(6203, LogLevel.Warning, "What outlives this process of our run in the registry cannot be written: {Reason}")]
        public static partial void StateUnwritten(ILogger logger, string reason);
    }
}
