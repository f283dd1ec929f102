namespace ComputeMiner.Releases;

/// <summary>What happens when a newer version exists.</summary>
enum UpdateMode
{
    /// <summary>Nobody is asked, and the program that was started is the one that runs.</summary>
    Off,

    /// <summary>The operator is told.</summary>
    Notify,

    /// <summary>It is installed while nobody has the machine.</summary>
    Install,
}
