using System.Collections.Frozen;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Refuses the hotkeys of the owners in --blacklist.coldkeys.</summary>
sealed class BlacklistedColdkeyRule(IEnumerable<Coldkey> coldkeys) : IAdmissionRule
{
    readonly FrozenSet<Coldkey> _coldkeys = coldkeys.ToFrozenSet();

    public string Name => "blacklist.coldkeys";

    public string Refusal => "Blacklisted coldkey";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        candidate.Neuron is { } neuron && _coldkeys.Contains(neuron.Coldkey) ? AdmissionDecision.Refuse : AdmissionDecision.Pass;

    public string Explain(in AdmissionCandidate candidate) => candidate.Neuron is { } neuron
        ? $"coldkey {neuron.Coldkey} is {(_coldkeys.Contains(neuron.Coldkey) ? "one of" : "not among")} the {_coldkeys.Count} in --blacklist.coldkeys"
        : $"not registered, so its coldkey is not known; {_coldkeys.Count} in --blacklist.coldkeys";
}
