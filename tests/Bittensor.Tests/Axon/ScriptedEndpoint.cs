using Bittensor.Axon;
using Bittensor.Synapses;

namespace Bittensor.Tests.Axon;

/// <summary>An endpoint whose handler the test writes, and what of its requests it answers at once.</summary>
sealed class ScriptedEndpoint<TSynapse>(
    Func<TSynapse, AxonCaller, CancellationToken, Task> handler, double priorityOffset = 0, Func<TSynapse, bool>? tryAnswer = null)
    : AxonEndpoint<TSynapse>
    where TSynapse : class, ISynapse<TSynapse>
{
    public override double PriorityOffset => priorityOffset;

    public override bool TryAnswer(TSynapse synapse, AxonCaller caller) => tryAnswer?.Invoke(synapse) ?? false;

    public override Task HandleAsync(TSynapse synapse, AxonCaller caller, CancellationToken cancellation) => handler(synapse, caller, cancellation);
}
