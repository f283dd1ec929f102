using Bittensor.Axon;
using Bittensor.Synapses;

namespace Fuzzing;

/// <summary>Sends the synapse back as it was read.</summary>
sealed class EchoEndpoint<TSynapse> : AxonEndpoint<TSynapse>
    where TSynapse : class, ISynapse<TSynapse>
{
    public override Task HandleAsync(TSynapse synapse, AxonCaller caller, CancellationToken cancellation) => Task.CompletedTask;
}
