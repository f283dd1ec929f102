using System.Text.Json;

namespace Bittensor.Axon;

/// <summary>A synapse that was read, and the endpoint that will handle it.</summary>
abstract class AxonInvocation
{
    /// <summary>True when the synapse's output was filled at once; otherwise nothing was done.</summary>
    public abstract bool TryAnswer(AxonCaller caller);

    /// <summary>Runs the handler, which fills the synapse's output.</summary>
    public abstract Task RunAsync(AxonCaller caller, CancellationToken cancellation);

    /// <summary>Writes the synapse's own fields as one JSON object.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
