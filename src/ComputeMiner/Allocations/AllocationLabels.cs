using Bittensor.Keys;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>An allocation as its container's labels repeat it.</summary>
static class AllocationLabels
{
    const string Rental = "rental";
    const string Test = "test";

    public static string WriteKind(AllocationKind kind) => kind == AllocationKind.Rental ? Rental : Test;

    /// <summary>Rebuilds a running allocation from a container; null when its labels do not hold one.</summary>
    public static Allocation? Read(ContainerRecord record) =>
        record.Labels is { } labels && labels.Kind is Rental or Test && Hotkey.TryParse(labels.Hotkey, out var hotkey)
            ? new Allocation(
                labels.Allocation,
                labels.Kind == Rental ? AllocationKind.Rental : AllocationKind.Test,
                record.State == ContainerState.Paused ? AllocationState.Paused : AllocationState.Running,
                labels.Owner,
                hotkey,
                labels.Started,
                labels.Expires,
                record.Id)
            : null;

    /// <summary>The moment the allocation began. Without the start of the machine on the labels it is known by the wall clock alone.</summary>
    public static ClockReading ReadBegin(ContainerLabels labels) =>
        new(labels.Boot ?? new BootMoment("", TimeSpan.Zero), labels.Started, labels.Started);
}
