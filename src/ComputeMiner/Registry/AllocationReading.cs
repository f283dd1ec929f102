namespace ComputeMiner.Registry;

/// <summary>One reading of the validators' runs.</summary>
/// <param name="Verdict">What they say of this machine.</param>
/// <param name="Validators">Runs that counted: signed, by a validator with enough stake.</param>
/// <param name="Skipped">Runs that did not: hostile, broken, unsigned, or without stake.</param>
/// <param name="Detail">The same for a person.</param>
sealed record AllocationReading(AllocationVerdict Verdict, int Validators, int Skipped, string Detail);
