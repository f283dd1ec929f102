namespace ComputeMiner.Containers.Egress;

/// <summary>What became of the rules: they were there, they were set, or <paramref name="Error"/> says why not.</summary>
readonly record struct EgressChange(bool Changed, string? Error)
{
    public static readonly EgressChange None;

    public static readonly EgressChange Made = new(true, null);

    public static EgressChange Failed(string error) => new(false, error);
}
