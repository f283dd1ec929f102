namespace Bittensor.Dendrite;

/// <summary>What a dendrite's caller learns. Every failure is a value here, never an exception.</summary>
/// <param name="Synapse">The answer; when there was none, the request with an empty output.</param>
/// <param name="IsAnswered">True when the axon answered 200 with the synapse: all that callers of the reference ever see.</param>
/// <param name="HttpStatus">The status line's code; null when no answer arrived.</param>
/// <param name="StatusCode">
/// The status as a Python dendrite records it: the axon's own word where it gave one, 408, 503, 400 or 422 for failures on the
/// way; null when the axon answered without naming a status.
/// </param>
/// <param name="StatusMessage">The text that goes with it.</param>
/// <param name="Elapsed">From sending to the end of the answer.</param>
public sealed record DendriteResponse<TSynapse>(
    TSynapse Synapse, bool IsAnswered, int? HttpStatus, int? StatusCode, string? StatusMessage, TimeSpan Elapsed);
