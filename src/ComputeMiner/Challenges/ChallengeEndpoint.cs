using Bittensor.Axon;
using Bittensor.Compute;

namespace ComputeMiner.Challenges;

/// <summary>
/// Answers a challenge as the reference miner does since its solver was switched off: the fields as they came, an empty output. No
/// known validator sends one.
/// </summary>
sealed class ChallengeEndpoint : AxonEndpoint<ChallengeSynapse>
{
    public override double PriorityOffset => 2;

    public override Task HandleAsync(ChallengeSynapse synapse, AxonCaller caller, CancellationToken cancellation)
    {
        synapse.ResetOutput();
        return Task.CompletedTask;
    }
}
