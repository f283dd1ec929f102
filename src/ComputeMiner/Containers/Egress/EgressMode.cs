namespace ComputeMiner.Containers.Egress;

/// <summary>How strictly containers are kept from where they have no business.</summary>
enum EgressMode
{
    /// <summary>
    /// Rules where this process may set them, a loud word where not. Once they were in force, nothing is started without them any more.
    /// </summary>
    BestEffort,

    /// <summary>Nothing is started without the rules.</summary>
    Enforce,

    /// <summary>No rules; those of earlier runs are removed.</summary>
    Off,
}
