namespace ComputeMiner.Challenges;

/// <summary>What the solver does at one moment.</summary>
/// <param name="RunId">The challenge that is worked on; null when none is.</param>
/// <param name="Share">How much of its candidates were tried, 0 to 1.</param>
/// <param name="Speed">Hashes per second.</param>
/// <param name="Waiting">Challenges that wait.</param>
/// <param name="Solved">Solved since the start.</param>
/// <param name="Unsolved">Ended otherwise since the start.</param>
sealed record ChallengeStatus(string? RunId, double Share, double Speed, int Waiting, long Solved, long Unsolved)
{
    public override string ToString()
    {
        var counts = $"{Solved} solved, {Unsolved} not";
        return RunId is null ? counts : $"{RunId}: {Share:P0} at {HashRate.Show(Speed)}, {Waiting} waiting, {counts}";
    }
}
