namespace Bittensor.Axon;

/// <summary>One synapse an axon serves. Derive from <see cref="AxonEndpoint{TSynapse}"/>.</summary>
public abstract class AxonEndpoint
{
    private protected AxonEndpoint()
    {
    }

    /// <summary>The path segment, case-sensitive.</summary>
    public abstract string Route { get; }

    /// <summary>Added to the caller's priority.</summary>
    public virtual double PriorityOffset => 0;

    /// <summary>
    /// True: the caller must be admitted and takes his turn. False: any key pair may call, nobody waits, and the work must be
    /// negligible.
    /// </summary>
    public virtual bool RequiresAdmission => true;

    /// <summary>Reads the synapse from a body.</summary>
    /// <exception cref="System.Text.Json.JsonException">A field has a wrong type.</exception>
    internal abstract AxonInvocation Bind(ReadOnlySpan<byte> body);
}
