namespace DevNet;

/// <summary>What a client asks of a <see cref="DevRegistry"/>.</summary>
public enum DevRegistryOperation
{
    /// <summary>Who is logged in.</summary>
    Viewer,

    /// <summary>A page of a project's runs.</summary>
    Runs,

    /// <summary>One run by its name.</summary>
    Run,

    /// <summary>One run as a client reads it before it goes on with it.</summary>
    ResumeStatus,

    /// <summary>Making or changing a run.</summary>
    Upsert,

    /// <summary>Deleting a run.</summary>
    Delete,

    /// <summary>A post to a run's stream.</summary>
    FileStream,

    /// <summary>Anything else, which is refused.</summary>
    Unknown,
}
