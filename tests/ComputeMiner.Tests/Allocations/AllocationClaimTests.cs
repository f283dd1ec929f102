using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>Containers that say something else than the ledger: on doubt none of a renter's is destroyed.</summary>
public class AllocationClaimTests
{
    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RestoreAsync_LedgerFromABackup_RunningRentalKeepsTheMachine()
    {
        await using var machine = await RentedAsync(_alice);
        var backup = machine.BackUpLedger();
        await machine.ReadyAsync();
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        machine.Time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
        var bobs = machine.Ledger.Read()!;
        var container = Assert.Single(await machine.ContainersAsync());

        machine.UseLedger(backup);
        await machine.ReadyAsync();

        Assert.Equal(container, Assert.Single(await machine.ContainersAsync()));
        Assert.True(machine.Allocator.Holds(_bob.Key));
        Assert.False(machine.Allocator.Holds(_alice.Key));
        Assert.Equal(bobs, machine.Ledger.Read());
        Assert.False(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task RestoreAsync_LedgerFromABackupNamesATest_RunningRentalKeepsTheMachine()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);
        var backup = machine.BackUpLedger();
        await machine.ReadyAsync();
        Assert.NotNull((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
        var container = Assert.Single(await machine.ContainersAsync());

        machine.UseLedger(backup);
        await machine.ReadyAsync();

        Assert.Equal(container, Assert.Single(await machine.ContainersAsync()));
        Assert.True(machine.Allocator.Holds(_bob.Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RestoreAsync_TwoRentals_StayAndNothingIsHandedOutUntilTheOperatorDecides(bool ledgerIsLost)
    {
        await using var machine = await RentedAsync(_alice);
        var first = Assert.Single(await machine.ContainersAsync());
        var second = await StrangeAsync(machine, first.Labels! with { Allocation = "0123456789abcdef", Owner = _bob.Key.Fingerprint, Hotkey = _bob.Hotkey.ToString() });
        if (ledgerIsLost)
            machine.LoseLedger();
        else
            machine.Reopen();

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(machine.ReadyAsync);

        Assert.Contains(first.Name, fault.Message, StringComparison.Ordinal);
        Assert.Contains("docker rm -f", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await machine.ContainersAsync()).Count);
        Assert.False(machine.Allocator.IsFree);
        Assert.Null((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
        Assert.Equal(2, (await machine.ContainersAsync()).Count);

        await machine.Engine.RemoveAsync(first.Id, Cancellation);
        if (!ledgerIsLost)
            Assert.True(await machine.Allocator.ReleaseByOperatorAsync(machine.Allocator.Current.Allocation!.Id, Cancellation));
        await machine.ReadyAsync();
        Assert.Equal(second, Assert.Single(await machine.ContainersAsync()).Id);
        Assert.True(machine.Allocator.Holds(_bob.Key));
    }

    [Fact]
    public async Task RestoreAsync_NewerContainerWithTheSameLabels_TheRenterKeepsHisOwn()
    {
        await using var machine = await RentedAsync(_alice);
        var rented = Assert.Single(await machine.ContainersAsync());
        await StrangeAsync(machine, rented.Labels!);

        machine.Reopen();
        await machine.ReadyAsync();

        Assert.Equal(rented.Id, machine.Allocator.Current.Allocation!.ContainerId);
        Assert.Equal(rented.Id, machine.Ledger.Read()!.ContainerId);
        Assert.Equal(2, (await machine.ContainersAsync()).Count);
    }

    [Fact]
    public async Task RestoreAsync_ContainerOfARentalThatEndedIsBack_IsRemoved()
    {
        await using var machine = await RentedAsync(_alice);
        var labels = (await machine.ContainersAsync())[0].Labels!;
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        // As a power cut leaves one whose removal never came to the disk, on a machine that is started the next week.
        await StrangeAsync(machine, labels);
        machine.Time.Advance(TimeSpan.FromDays(7));

        await machine.PowerCutAsync();

        Assert.Empty(await machine.ContainersAsync());
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task RestoreAsync_UnknownRentalPastItsEnd_EndsLikeAnyOther()
    {
        await using var machine = await RentedAsync(_alice);
        machine.LoseLedger();
        machine.Time.Advance(TimeSpan.FromDays(30));

        await machine.ReadyAsync();
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Empty(await machine.ContainersAsync());
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task TendAsync_RentalAppears_HoldsTheMachineAndIsNotRemoved()
    {
        await using var machine = await RentedAsync(_alice);
        var labels = (await machine.ContainersAsync())[0].Labels! with { Allocation = "0123456789abcdef" };
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        var container = await StrangeAsync(machine, labels);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(container, Assert.Single(await machine.ContainersAsync()).Id);
        Assert.False(machine.Allocator.IsFree);
        Assert.True(machine.Allocator.Doubted.IsCompleted);
        await machine.ReadyAsync();
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Fact]
    public async Task TendAsync_RentalAppearsBesideTheHolder_BothStay()
    {
        await using var machine = await RentedAsync(_alice);
        var rental = Assert.Single(await machine.ContainersAsync());
        await StrangeAsync(machine, rental.Labels! with { Allocation = "0123456789abcdef" });

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(2, (await machine.ContainersAsync()).Count);
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Fact]
    public async Task RestoreAsync_KindOfAnotherVersion_IsLeftAndNothingIsAccepted()
    {
        await using var machine = await RentedAsync(_alice);
        var labels = (await machine.ContainersAsync())[0].Labels!;
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        await StrangeAsync(machine, labels with { Allocation = "0123456789abcdef", Kind = "reserved" });
        machine.Reopen();

        await Assert.ThrowsAsync<ContainerEngineException>(machine.ReadyAsync);

        Assert.Single(await machine.ContainersAsync());
        Assert.False(machine.Allocator.IsFree);
    }

    // A container of this miner's that no allocation of this process made, once started.
    static async Task<string> StrangeAsync(SimulatedMachine machine, ContainerLabels labels)
    {
        var id = await machine.Engine.CreateAsync(new ContainerSpec("strange", "image", 1, labels), Cancellation);
        await machine.Engine.StartAsync(id, Cancellation);
        return id;
    }

    static async Task<SimulatedMachine> RentedAsync(Renter who)
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        Assert.NotNull((await machine.Allocator.AllocateAsync(who.Asks(AllocationKind.Rental), Cancellation)).Access);
        return machine;
    }
}
