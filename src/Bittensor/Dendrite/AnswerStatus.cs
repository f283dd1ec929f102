namespace Bittensor.Dendrite;

/// <summary>The axon's word about its answer, as far as it is known.</summary>
readonly record struct AnswerStatus(int? Code, string? Message);
