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
    public void Restore_AnotherOneFoundWhileTheHolderIsOver_TakesItsPlace()
    {
        var over = Some("over", AllocationKind.Rental);
        _slot.Restore(over with { State = AllocationState.Releasing });

        _slot.Restore(over);
        Assert.Equal(AllocationState.Releasing, _slot.Held!.State);

        _slot.Restore(Some("found", AllocationKind.Rental));
        Assert.Equal("found", _slot.Held!.Id);
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

    [Fact]
    public void TryClose_NobodyHasTheMachine_PromisesNothingUntilReopened()
    {
        using var start = new CancellationTokenSource();
        Assert.True(_slot.TryClose());
        Assert.False(_slot.TryClose());

        Assert.False(_slot.TryReserve(Some("a", AllocationKind.Rental), start));
        _slot.Reopen();

        Assert.True(_slot.TryReserve(Some("a", AllocationKind.Rental), start));
    }

    [Theory]
    [InlineData(nameof(AllocationState.Reserving))]
    [InlineData(nameof(AllocationState.Running))]
    [InlineData(nameof(AllocationState.Releasing))]
    public void TryClose_SomebodyHasTheMachine_ChangesNothing(string state)
    {
        using var start = new CancellationTokenSource();
        _slot.TryReserve(Some("a", AllocationKind.Test), start);
        _slot.Update(Some("a", AllocationKind.Test) with { State = Enum.Parse<AllocationState>(state) });

        Assert.False(_slot.TryClose());

        Assert.True(_slot.TryReserve(Some("b", AllocationKind.Rental), start));
    }

    /// <summary>A rental that is found at the start is held whatever is closed.</summary>
    [Fact]
    public void Restore_Closed_IsHeld()
    {
        _slot.TryClose();
        _slot.Restore(Some("a", AllocationKind.Rental) with { State = AllocationState.Running });

        Assert.Equal("a", _slot.Held!.Id);
    }

    static Allocation Some(string id, AllocationKind kind) =>
        new(id, kind, AllocationState.Reserving, "owner", Keypair.FromUri("//Alice").Hotkey, default, DateTimeOffset.MaxValue, null);
}
