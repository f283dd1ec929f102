namespace ComputeMiner.Admission;

/// <summary>What a rule says about a caller. The default refuses.</summary>
enum AdmissionDecision
{
    Refuse,

    /// <summary>The next rule decides.</summary>
    Pass,

    Admit,
}
