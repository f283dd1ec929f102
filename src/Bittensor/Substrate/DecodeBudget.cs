using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>
/// Bounds the work of walking a value by types from metadata: hostile types can ask for endless nesting or for billions of values
/// that take no bytes.
/// </summary>
ref struct DecodeBudget(int inputLength)
{
    const int MaximumDepth = 96;

    // No block's events come near it; a step may keep a hundred bytes.
    const long MaximumSteps = 1 << 20;

    // Values of real types take far fewer steps than this per byte; wrappers around a byte are the worst case.
    long _steps = Math.Min(4096 + (64L * inputLength), MaximumSteps);
    int _depth;

    public void Enter()
    {
        if (--_steps < 0)
            throw new ScaleException("The value has more parts than its bytes can justify.");
        if (++_depth > MaximumDepth)
            throw new ScaleException($"The value is nested deeper than {MaximumDepth} levels.");
    }

    public void Leave() => _depth--;
}
