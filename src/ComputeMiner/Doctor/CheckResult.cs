namespace ComputeMiner.Doctor;

/// <summary>What a check found.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="State">How it went.</param>
/// <param name="Finding">What was seen.</param>
/// <param name="Remedy">What to do; null when all is good.</param>
sealed record CheckResult(string Name, CheckState State, string Finding, string? Remedy)
{
    public static CheckResult Good(string name, string finding) => new(name, CheckState.Good, finding, null);

    public static CheckResult Warning(string name, string finding, string remedy) => new(name, CheckState.Warning, finding, remedy);

    public static CheckResult Failed(string name, string finding, string remedy) => new(name, CheckState.Failed, finding, remedy);
}
