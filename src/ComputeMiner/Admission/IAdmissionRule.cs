namespace ComputeMiner.Admission;

/// <summary>One reason to refuse or to admit a caller.</summary>
interface IAdmissionRule
{
    /// <summary>Names the rule in counters and logs.</summary>
    string Name { get; }

    /// <summary>What a refused caller is told.</summary>
    string Refusal { get; }

    AdmissionDecision Decide(in AdmissionCandidate candidate);

    /// <summary>What the decision rests on, in figures, for the operator who asks why.</summary>
    string Explain(in AdmissionCandidate candidate);
}
