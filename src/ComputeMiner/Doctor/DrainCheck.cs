using ComputeMiner.Allocations;

namespace ComputeMiner.Doctor;

/// <summary>Nobody forgot that nothing new is to be handed out.</summary>
sealed class DrainCheck(string stateDirectory) : IDoctorCheck
{
    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckResult>>(
        new DrainSwitch(stateDirectory).IsOn
            ? [CheckResult.Warning("drain", "on: nothing new is handed out", "hand the machine out again with 'miner drain off'")]
            : [CheckResult.Good("drain", "off")]);
}
