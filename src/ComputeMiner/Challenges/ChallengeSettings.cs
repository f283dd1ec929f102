using System.Collections.Immutable;

namespace ComputeMiner.Challenges;

/// <summary>Whether and how challenges are worked on.</summary>
sealed class ChallengeSettings
{
    /// <summary>Run hashcat on challenges. Default false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The hashcat program, by path or by name. Default hashcat.</summary>
    public string HashcatPath { get; set; } = "hashcat";

    /// <summary>hashcat's workload profile, 1 to 4. Default 3.</summary>
    public int WorkloadProfile { get; set; } = 3;

    /// <summary>More hashcat arguments, of those in <see cref="HashcatOptions"/>. Default: none.</summary>
    public ImmutableArray<string> ExtendedOptions { get; set; } = [];
}
