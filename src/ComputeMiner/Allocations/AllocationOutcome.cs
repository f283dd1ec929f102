using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>What came of a request: the way in, or why not.</summary>
sealed class AllocationOutcome
{
    AllocationOutcome(SshAccess? access, AllocationRefusal refusal) => (Access, Refusal) = (access, refusal);

    public SshAccess? Access { get; }

    public AllocationRefusal Refusal { get; }

    public static AllocationOutcome Granted(SshAccess access) => new(access, AllocationRefusal.None);

    public static AllocationOutcome Refused(AllocationRefusal refusal) => new(null, refusal);

    public override string ToString() => Refusal.ToString();
}
