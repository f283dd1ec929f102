namespace ComputeMiner.Containers;

/// <summary>How a program of the host ended.</summary>
sealed record ProgramResult(int Code, string Output, string Errors)
{
    /// <summary>The code of a program that could not be run.</summary>
    public const int NotRun = -1;

    public bool Good => Code == 0;
}
