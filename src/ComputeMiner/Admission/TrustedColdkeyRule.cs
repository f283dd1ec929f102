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
}
