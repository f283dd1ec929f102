using System.Globalization;

namespace ComputeMiner.Admission;

/// <summary>Admits the registered who hold enough stake, and refuses the rest.</summary>
/// <param name="minStake">Stake S needed, in whole units; null needs none.</param>
sealed class StakeRule(double? minStake) : IAdmissionRule
{
    public string Name => "stake";

    public string Refusal => "Not enough stake!";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        candidate.Neuron is { } neuron && (minStake is not { } least || neuron.Stake >= least)
            ? AdmissionDecision.Admit
            : AdmissionDecision.Refuse;

    public string Explain(in AdmissionCandidate candidate) => (candidate.Neuron, minStake) switch
    {
        (null, _) => "not registered, so it has no stake",
        (var neuron, null) => string.Create(CultureInfo.InvariantCulture, $"stake {neuron.Stake:#,0.###}; none is needed"),
        var (neuron, least) => string.Create(CultureInfo.InvariantCulture, $"stake {neuron.Stake:#,0.###}, {least:#,0.###} needed (--admission.min-stake)"),
    };
}
