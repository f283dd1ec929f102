namespace ComputeMiner.Validator;

/// <summary>What a miner made of a challenge.</summary>
/// <param name="Solved">The password is right; null when the miner does not work on challenges, or was asked for nothing.</param>
/// <param name="Password">The password it sent.</param>
/// <param name="LocalExecutionTime">Seconds by its own account.</param>
/// <param name="Error">Why it has none.</param>
sealed record ChallengeVerdict(bool? Solved, string? Password, double? LocalExecutionTime, string? Error)
{
    public override string ToString() => Solved switch
    {
        null => "not worked on: the miner answers challenges without solving them",
        true => $"solved: {Password} in {LocalExecutionTime:0.00} s",
        false when Password is not null => $"wrong password {Password}",
        false => $"not solved after {LocalExecutionTime:0.00} s: {Error}",
    };
}
