using System.Collections.Frozen;
using Bittensor.Keys;

namespace ComputeMiner.Admission;

/// <summary>Admits the hotkeys of the owners in --whitelist.coldkeys, regardless of stake.</summary>
sealed class TrustedColdkeyRule(IEnumerable<Coldkey> coldkeys) : IAdmissionRule
{
    readonly FrozenSet<Coldkey> _coldkeys = coldkeys.ToFrozenSet();

    public string Name => "whitelist.coldkeys";

    public string Refusal => "Coldkey is not whitelisted";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        candidate.Neuron is { } neuron && _coldkeys.Contains(neuron.Coldkey) ? AdmissionDecision.Admit : AdmissionDecision.Pass;

    public string Explain(in AdmissionCandidate candidate) => candidate.Neuron is { } neuron
        ? $"coldkey {neuron.Coldkey} is {(_coldkeys.Contains(neuron.Coldkey) ? "one of" : "not among")} the {_coldkeys.Count} in --whitelist.coldkeys"
        : $"not registered, so its coldkey is not known; {_coldkeys.Count} in --whitelist.coldkeys";
}
