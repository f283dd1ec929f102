using System.Collections.Immutable;
using Bittensor.Axon;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Asks the rules in their order about each caller; the first that decides wins. Nobody decided means refused.</summary>
sealed partial class AdmissionGate(
    ImmutableArray<IAdmissionRule> rules, MetagraphSource metagraphs, TimeProvider time, ILogger<AdmissionGate> logger) : IAxonAdmission
{
    /// <summary>The rule that refuses everybody until the chain was read.</summary>
    public const string NoMetagraphRule = "metagraph";

    static readonly AxonVerdict NoMetagraph = AxonVerdict.Refuse("The miner has not read the subnet yet, try again");

    // A refusal is answered thousands of times a second under attack; its text is made once.
    readonly ImmutableArray<AxonVerdict> _refusals = [.. rules.Select(rule => AxonVerdict.Refuse(rule.Refusal))];

    public RefusalCounters Refusals { get; } = new(time);

    public AxonVerdict Admit(in AxonCaller caller)
    {
        if (metagraphs.Current is not { } metagraph)
            return Refused(NoMetagraphRule, caller.Hotkey, null, NoMetagraph);
        metagraph.TryGetNeuron(caller.Hotkey, out var neuron);
        var candidate = new AdmissionCandidate(caller.Hotkey, neuron);
        for (var i = 0; i < rules.Length; i++)
        {
            switch (rules[i].Decide(candidate))
            {
                case AdmissionDecision.Admit:
                    return AxonVerdict.Admitted;
                case AdmissionDecision.Refuse:
                    return Refused(rules[i].Name, caller.Hotkey, neuron?.Stake, _refusals[i]);
            }
        }
        return default;
    }

    /// <summary>What this gate says of a hotkey, and why; counts nothing.</summary>
    public AdmissionExplanation Explain(Hotkey hotkey) => AdmissionExplanation.Of(hotkey, rules, metagraphs.Current, time.GetUtcNow());

    /// <summary>The caller's stake S; nothing for who is not registered.</summary>
    public double Priority(in AxonCaller caller) =>
        metagraphs.Current is { } metagraph && metagraph.TryGetNeuron(caller.Hotkey, out var neuron) ? neuron.Stake : 0;

    AxonVerdict Refused(string rule, Hotkey hotkey, double? stake, AxonVerdict verdict)
    {
        Refusals.Add(rule, hotkey, stake);
        Log.CallerRefused(logger, hotkey, rule, stake);
        return verdict;
    }

    static partial class Log
    {
        [LoggerMessage(1050, LogLevel.Debug, "Refused {Hotkey} by rule {Rule}; its stake is {Stake}")]
        public static partial void CallerRefused(ILogger logger, Hotkey hotkey, string rule, double? stake);
    }
}
