using Bittensor.Axon;
using Bittensor.Synapses;

namespace Bittensor.Tests.Axon;

/// <summary>An endpoint whose handler the test writes.</summary>
sealed class ScriptedEndpoint<TSynapse>(Func<TSynapse, AxonCaller, CancellationToken, Task> handler, double priorityOffset = 0)
    : AxonEndpoint<TSynapse>
    where TSynapse : class, ISynapse<TSynapse>
{
    public override double PriorityOffset => priorityOffset;

    public override Task HandleAsync(TSynapse synapse, AxonCaller caller, CancellationToken cancellation) => handler(synapse, caller, cancellation);
}
