using Bittensor.Keys;
using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations;

public class AllocationSlotTests
{
    readonly AllocationSlot _slot = new();

    [Fact]
    public void TryReserve_StartOfTheTestEndedThisMoment_StillTakesItsPlace()
    {
        var ended = new CancellationTokenSource();
        using var start = new CancellationTokenSource();
        _slot.TryReserve(Some("a", AllocationKind.Test), ended);
        ended.Dispose();

        Assert.True(_slot.TryReserve(Some("b", AllocationKind.Rental), start));
        _slot.Stop("a");

        Assert.Equal("b", _slot.Next!.Id);
    }

    [Fact]
    public void Update_OfWhatIsOver_IsRefused()
    {
        using var start = new CancellationTokenSource();
        var allocation = Some("a", AllocationKind.Rental);
        _slot.TryReserve(allocation, start);
        Assert.True(_slot.Update(allocation with { State = AllocationState.Releasing }));

        Assert.False(_slot.Update(allocation with { State = AllocationState.Running }));

        Assert.Equal(AllocationState.Releasing, _slot.Held!.State);
    }

    static Allocation Some(string id, AllocationKind kind) =>
        new(id, kind, AllocationState.Reserving, "owner", Keypair.FromUri("//Alice").Hotkey, default, DateTimeOffset.MaxValue, null);
}
