namespace ComputeMiner.Releases;

/// <summary>What follows when the installed release ended by itself.</summary>
enum AfterEnd
{
    /// <summary>Who started this process is told, as with any other program.</summary>
    PassOn,

    /// <summary>It crashed in its first day: it has another try.</summary>
    StartAgain,

    /// <summary>It is given up, and the state names what is to run now.</summary>
    GivenUp,
}
