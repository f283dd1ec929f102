using Bittensor.Subtensor;

namespace ComputeMiner.Admission;

/// <summary>Holds the last good metagraph: it keeps serving while the chain is away.</summary>
sealed class MetagraphSource
{
    volatile Metagraph? _current;

    /// <summary>Null until the chain was read for the first time.</summary>
    public Metagraph? Current
    {
        get => _current;
        set => _current = value;
    }
}
