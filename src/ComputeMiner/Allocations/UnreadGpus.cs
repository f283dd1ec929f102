namespace ComputeMiner.Allocations;

/// <summary>
/// A driver that failed where nothing is remembered of the machine's GPUs: handed out now, it would go without them to somebody who wants them.
/// </summary>
/// <param name="reason">What the driver said.</param>
/// <param name="remedy">What an operator can do; null when only waiting helps.</param>
sealed class UnreadGpus(string reason, string? remedy = "mend the driver and restart the miner; or hand the machine out without GPUs by --container.gpus none")
    : IHandOverGate
{
    /// <summary>While the driver is asked at the start.</summary>
    public static UnreadGpus Asking { get; } = new("the driver is being asked", remedy: null);

    public string? Remedy => remedy;

    public bool IsClear => false;

    public string? Obstacle => $"It is not known which GPUs are handed out: {reason}";

    public string Detail => Obstacle!;

    public Task<string?> ClearAsync(CancellationToken cancellation) => Task.FromResult(Obstacle);
}
