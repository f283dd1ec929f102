namespace Bittensor.Substrate;

/// <summary>Where an extrinsic failed.</summary>
public enum ExtrinsicStage
{
    /// <summary>The transaction pool refused or dropped it: it is in no block and nothing was charged.</summary>
    Pool,

    /// <summary>It is in a block, and its call failed there.</summary>
    Dispatch,
}
