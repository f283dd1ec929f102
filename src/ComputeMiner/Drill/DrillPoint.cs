using System.Collections.Immutable;
using ComputeMiner.Allocations;

namespace ComputeMiner.Drill;

/// <summary>One place to die at: a step of a deed, before or after it.</summary>
sealed record DrillPoint(DrillDeed Deed, CrashPoint Step, bool After)
{
    static readonly (DrillDeed Deed, CrashPoint[] Steps)[] Deeds =
    [
        (DrillDeed.Allocate,
            [CrashPoint.WriteReserving, CrashPoint.Create, CrashPoint.WriteStarting, CrashPoint.Start, CrashPoint.Deliver, CrashPoint.WaitForSsh,
                CrashPoint.WriteRunning]),
        (DrillDeed.Pause, [CrashPoint.WritePaused, CrashPoint.Pause]),
        (DrillDeed.Resume, [CrashPoint.WriteRunning, CrashPoint.Resume]),
        (DrillDeed.Restart, [CrashPoint.WriteRunning, CrashPoint.Restart, CrashPoint.WaitForSsh]),
        (DrillDeed.ExchangeKey, [CrashPoint.ReadFile, CrashPoint.ReplaceFile]),
        (DrillDeed.Deallocate, [CrashPoint.WriteReleasing, CrashPoint.Remove, CrashPoint.WriteFree]),
        (DrillDeed.Expiry, [CrashPoint.WriteReleasing, CrashPoint.Remove, CrashPoint.WriteFree]),
        (DrillDeed.KeepSpare, [CrashPoint.Create, CrashPoint.Start]),
        (DrillDeed.AllocateSpare, [CrashPoint.Assign, CrashPoint.WriteStarting, CrashPoint.Deliver]),
        (DrillDeed.Recover, [CrashPoint.List, CrashPoint.Pause, CrashPoint.WritePaused]),
    ];

    /// <summary>Every step of every deed, on both sides.</summary>
    public static ImmutableArray<DrillPoint> All { get; } =
        [.. from deed in Deeds from step in deed.Steps from after in new[] { false, true } select new DrillPoint(deed.Deed, step, after)];

    /// <summary>
    /// Each state the world can be left in, once: the end of one step and the begin of the next leave the same one behind.
    /// </summary>
    public static ImmutableArray<DrillPoint> Distinct { get; } =
        [.. from deed in Deeds from point in All where point.Deed == deed.Deed && (point.After || point.Step == deed.Steps[0]) select point];

    /// <summary>Points at random, the same ones for the same seed.</summary>
    public static ImmutableArray<DrillPoint> Draw(int count, int seed)
    {
#pragma warning disable CA5394 // Which points are tried is no secret, and must come out the same again.
        return [.. new Random(seed).GetItems(All.AsSpan(), count)];
#pragma warning restore CA5394
    }

    public override string ToString() => $"{Deed}: {(After ? "after" : "before")} {Step}";
}
