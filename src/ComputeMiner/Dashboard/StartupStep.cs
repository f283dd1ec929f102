namespace ComputeMiner.Dashboard;

/// <summary>One thing the miner needs before it serves, in the order in which it comes up.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Done">Whether it is there.</param>
/// <param name="Detail">What is the case; while it is not done, what is the matter.</param>
/// <param name="Remedy">What an operator can do while it is not done; null when only waiting helps.</param>
sealed record StartupStep(string Name, bool Done, string Detail, string? Remedy = null)
{
    /// <summary>Since when it is waited for, to some seconds; null once it is done.</summary>
    public DateTimeOffset? Since { get; init; }
}
