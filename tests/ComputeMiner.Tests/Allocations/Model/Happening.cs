namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>One deed of a sequence.</summary>
/// <param name="Deed">What.</param>
/// <param name="ByBob">Whose: Bob's, else Alice's.</param>
/// <param name="Amount">How much, where there is a how much.</param>
/// <param name="KillAt">The step during the deed at which the miner is killed; 0: it lives.</param>
sealed record Happening(Deed Deed, bool ByBob, int Amount, int KillAt)
{
    public override string ToString() => $"{Deed}{(ByBob ? " by Bob" : "")} {Amount}{(KillAt > 0 ? $", killed at step {KillAt}" : "")}";
}
