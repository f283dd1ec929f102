namespace ComputeMiner.Admission;

/// <summary>Refuses who is not registered on the subnet.</summary>
sealed class RegisteredRule : IAdmissionRule
{
    public string Name => "registered";

    public string Refusal => "Unrecognized hotkey";

    public AdmissionDecision Decide(in AdmissionCandidate candidate) =>
        candidate.Neuron is null ? AdmissionDecision.Refuse : AdmissionDecision.Pass;

    public string Explain(in AdmissionCandidate candidate) =>
        candidate.Neuron is { } neuron ? $"registered as uid {neuron.Uid.Value}" : "not registered on the subnet";
}
