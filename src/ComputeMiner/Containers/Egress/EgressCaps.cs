namespace ComputeMiner.Containers.Egress;

/// <summary>Which caps the rules have. A kernel may lack what one of them needs.</summary>
[Flags]
enum EgressCaps
{
    None = 0,

    /// <summary>On connections, open at once and new ones per second.</summary>
    Connections = 1,

    /// <summary>On bytes per second.</summary>
    Bytes = 2,

    All = Connections | Bytes,
}
