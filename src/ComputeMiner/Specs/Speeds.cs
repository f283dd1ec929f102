namespace ComputeMiner.Specs;

/// <summary>MiB per second.</summary>
sealed record Speeds(double Write, double Read);
