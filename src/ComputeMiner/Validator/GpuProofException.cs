namespace ComputeMiner.Validator;

/// <summary>A step of the GPU proof failed.</summary>
/// <param name="step">Which one.</param>
/// <param name="message">What was seen.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="inner">Where it came from.</param>
sealed class GpuProofException(string step, string message, string remedy, Exception? inner = null) : Exception(message, inner)
{
    public string Step => step;

    public string Remedy => remedy;
}
