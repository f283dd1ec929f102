using Bittensor.Subtensor;

namespace ComputeMiner.Admission;

/// <summary>Holds the last good metagraph: it keeps serving while the chain is away.</summary>
sealed class MetagraphSource
{
    readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile Metagraph? _current;

    /// <summary>Completes once the chain was read for the first time.</summary>
    public Task FirstRead => _read.Task;

    /// <summary>Null until the chain was read for the first time.</summary>
    public Metagraph? Current
    {
        get => _current;
        set
        {
            _current = value;
            if (value is not null)
                _read.TrySetResult();
        }
    }
}
