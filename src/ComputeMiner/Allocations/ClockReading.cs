using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>One moment on all three clocks, written down so that a later process goes on counting from it.</summary>
/// <param name="Boot">Since the machine's start.</param>
/// <param name="Rental">On the clock that ends allocations.</param>
/// <param name="Wall">On the clock that people and time servers set.</param>
sealed record ClockReading(BootMoment Boot, DateTimeOffset Rental, DateTimeOffset Wall);
