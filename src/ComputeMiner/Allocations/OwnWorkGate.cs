namespace ComputeMiner.Allocations;

/// <summary>Holds the machine back until what the miner itself computes on it has ended, then asks the next gate.</summary>
/// <param name="yield">Ends that work and waits for its end; null, or what is in the way.</param>
/// <param name="obstacle">What of that work is in the way now; from memory.</param>
/// <param name="next">Asked afterwards; null where there is nothing more to ask.</param>
sealed class OwnWorkGate(Func<CancellationToken, Task<string?>> yield, Func<string?> obstacle, IHandOverGate? next) : IHandOverGate
{
    public bool IsClear => obstacle() is null && next is not { IsClear: false };

    public string? Obstacle => obstacle() ?? next?.Obstacle;

    public string Detail => obstacle() ?? next?.Detail ?? "";

    public async Task<string?> ClearAsync(CancellationToken cancellation) =>
        await yield(cancellation) ?? (next is null ? null : await next.ClearAsync(cancellation));
}
