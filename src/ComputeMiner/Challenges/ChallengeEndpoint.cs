using Bittensor.Axon;
using Bittensor.Compute;

namespace ComputeMiner.Challenges;

/// <summary>
/// Answers a challenge. Without a solver as the reference miner does since its own was switched off: the fields as they came, an empty
/// output. With one the result, or why there is none, always in an answer: no known validator sends challenges any more, and
/// those that did counted a refusal as a failure of the miner.
/// </summary>
/// <param name="find">What works on challenges; null when that is off or not there yet.</param>
/// <param name="priority">The caller's weight among those who wait.</param>
/// <param name="logger">Refused challenges, at Debug.</param>
sealed partial class ChallengeEndpoint(Func<ChallengeSolver?> find, Func<AxonCaller, double> priority, ILogger<ChallengeEndpoint> logger)
    : AxonEndpoint<ChallengeSynapse>
{
    public override double PriorityOffset => 2;

    public override async Task HandleAsync(ChallengeSynapse synapse, AxonCaller caller, CancellationToken cancellation)
    {
        synapse.ResetOutput();
        if (find() is not { } solver)
            return;
        var runId = RunId.Of(caller.Hotkey, synapse.ChallengeDifficulty, synapse.ChallengeHash);
        if (synapse.ChallengeDifficulty <= 0)
            Log.Refused(logger, runId, "a difficulty of 0 or less cannot be solved");
        else if (ChallengeTask.TryRead(synapse, out var task, out var fault))
            synapse.Output = await solver.SolveAsync(task, runId, priority(caller), caller.Timeout, cancellation);
        else
        {
            Log.Refused(logger, runId, fault);
            synapse.Output = new ChallengeOutput { LocalExecutionTime = 0, Error = $"{runId}: ❌ run_hashcat execution failed: {fault}" };
        }
    }

    static partial class Log
    {
        [LoggerMessage(5020, LogLevel.Debug, "{RunId}: refused, {Fault}")]
        public static partial void Refused(ILogger logger, string runId, string fault);
    }
}
