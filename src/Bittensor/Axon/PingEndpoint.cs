using Bittensor.Synapses;

namespace Bittensor.Axon;

/// <summary>Answers the bare synapse to anyone who signs: it says only that the axon is alive.</summary>
sealed class PingEndpoint : AxonEndpoint<PingSynapse>
{
    public override bool RequiresAdmission => false;

    public override bool TryAnswer(PingSynapse synapse, AxonCaller caller) => true;
}
