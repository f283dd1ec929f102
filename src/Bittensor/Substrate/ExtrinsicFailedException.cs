namespace Bittensor.Substrate;

/// <summary>The chain refused an extrinsic: the pool would not take it, or its call failed in a block.</summary>
public sealed class ExtrinsicFailedException(ExtrinsicStage stage, string errorName, string docs, string? pallet = null)
    : Exception(Describe(stage, errorName, docs, pallet))
{
    /// <summary>Whether the pool or the call refused.</summary>
    public ExtrinsicStage Stage { get; } = stage;

    /// <summary>
    /// The error's name: of the pallet's error enum (<c>ServingRateLimitExceeded</c>), of the runtime's own validity code (the same
    /// names where both exist), or of the pool (<c>Stale</c>, <c>BadProof</c>, <c>Future</c>, <c>Expired</c>, <c>Dropped</c>, ...).
    /// </summary>
    public string ErrorName { get; } = errorName;

    /// <summary>The runtime's documentation of the error, or what the pool said; may be empty.</summary>
    public string Docs { get; } = docs;

    /// <summary>The pallet whose error it is; null for pool refusals and the runtime's general errors.</summary>
    public string? Pallet { get; } = pallet;

    /// <summary>The JSON-RPC code of a pool refusal (1002 to 1040).</summary>
    public int? PoolCode { get; init; }

    /// <summary>N of <c>Custom error: N</c>: the runtime's own validity code.</summary>
    public byte? CustomCode { get; init; }

    /// <summary>The block that holds the failed call, for <see cref="ExtrinsicStage.Dispatch"/>.</summary>
    public BlockHash? Block { get; init; }

    static string Describe(ExtrinsicStage stage, string errorName, string docs, string? pallet)
    {
        var name = pallet is null ? errorName : $"{pallet}.{errorName}";
        var where = stage == ExtrinsicStage.Pool ? "The transaction pool refused the extrinsic" : "The call failed in its block";
        return docs.Length == 0 ? $"{where}: {name}." : $"{where}: {name} ({docs.TrimEnd('.')}).";
    }
}
