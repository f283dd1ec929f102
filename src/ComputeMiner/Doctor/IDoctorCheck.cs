namespace ComputeMiner.Doctor;

/// <summary>Looks at one thing a miner needs. Changes nothing.</summary>
interface IDoctorCheck
{
    Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation);
}
