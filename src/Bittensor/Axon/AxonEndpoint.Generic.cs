using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bittensor.Synapses;

namespace Bittensor.Axon;

/// <summary>Serves one kind of synapse.</summary>
public abstract class AxonEndpoint<TSynapse> : AxonEndpoint
    where TSynapse : class, ISynapse<TSynapse>
{
    /// <inheritdoc/>
    public override string Route => TSynapse.Route;

    /// <summary>How the synapse is read and written.</summary>
    public virtual JsonTypeInfo<TSynapse> TypeInfo => TSynapse.TypeInfo;

    /// <summary>
    /// Fills the synapse's output where that takes neither waiting nor work, so that the request needs no turn and waits behind nobody's
    /// long one. False, and nothing done: <see cref="HandleAsync"/> is called when it is the request's turn.
    /// </summary>
    /// <param name="synapse">The request; its output is empty, whatever the caller sent.</param>
    /// <param name="caller">Who asks, proved.</param>
    public virtual bool TryAnswer(TSynapse synapse, AxonCaller caller) => false;

    /// <summary>
    /// Fills the synapse's output. An exception becomes a 500 with an opaque id; what the subnet answers inside its payload
    /// (busy, wrong key) is no exception.
    /// </summary>
    /// <param name="synapse">The request; its output is empty, whatever the caller sent.</param>
    /// <param name="caller">Who asks, proved.</param>
    /// <param name="cancellation">Fires when the caller disconnects and when his deadline is near.</param>
    public virtual Task HandleAsync(TSynapse synapse, AxonCaller caller, CancellationToken cancellation) =>
        throw new NotSupportedException($"The endpoint of '{Route}' overrides neither TryAnswer for all its requests nor HandleAsync.");

    internal sealed override AxonInvocation Bind(ReadOnlySpan<byte> body)
    {
        var synapse = JsonSerializer.Deserialize(body, TypeInfo) ?? throw new JsonException("Expected an object.");
        synapse.ResetOutput();
        return new Invocation(this, synapse);
    }

    sealed class Invocation(AxonEndpoint<TSynapse> endpoint, TSynapse synapse) : AxonInvocation
    {
        public override bool TryAnswer(AxonCaller caller) => endpoint.TryAnswer(synapse, caller);

        public override Task RunAsync(AxonCaller caller, CancellationToken cancellation) =>
            endpoint.HandleAsync(synapse, caller, cancellation);

        public override void Write(Utf8JsonWriter writer) => JsonSerializer.Serialize(writer, synapse, endpoint.TypeInfo);
    }
}
