using Bittensor.Axon;
using Bittensor.Compute;

namespace ComputeMiner.Specs;

/// <summary>
/// Answers with the hardware document that was published last, word for word; with an empty text while there is none. What the caller
/// sent is neither read nor run, nor sent back.
/// </summary>
/// <param name="published">The document published last; null when there is none.</param>
sealed class SpecsEndpoint(Func<string?> published) : AxonEndpoint<SpecsSynapse>
{
    public override bool TryAnswer(SpecsSynapse synapse, AxonCaller caller)
    {
        synapse.SpecsInput = "";
        synapse.SpecsOutput = published() ?? "";
        return true;
    }
}
