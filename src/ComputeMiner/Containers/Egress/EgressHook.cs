namespace ComputeMiner.Containers.Egress;

/// <summary>A place of the host's table from which packets of one interface go to a chain of ours.</summary>
/// <param name="Chain">Where it stands.</param>
/// <param name="Target">The chain it leads to.</param>
/// <param name="Option"><c>-i</c> for what comes from the interface, <c>-o</c> for what goes there.</param>
readonly record struct EgressHook(string Chain, string Target, string Option)
{
    /// <summary>The line that puts it before all others.</summary>
    public string Insert(string bridge) => $"-I {Chain} 1 {Option} {bridge} -m comment --comment \"computeminer egress\" -j {Target}";
}
