using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations;

/// <summary>The end of an allocation comes when its time was spent, whatever the machine's clock is set to meanwhile.</summary>
public class AllocationClockTests
{
    static readonly TimeSpan Length = TimeSpan.FromDays(2);
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly Renter _alice = Renter.Alice;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Days that the clock jumps, whether a new process comes then, whether the machine starts anew, whether the ledger is lost.</summary>
    public static TheoryData<int, bool, bool, bool> Jumps()
    {
        var data = new TheoryData<int, bool, bool, bool>();
        foreach (var days in (int[])[365, -365])
        {
            data.Add(days, false, false, false);
            data.Add(days, true, false, false);
            data.Add(days, true, true, false);
            data.Add(days, true, false, true);
            data.Add(days, true, true, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task TendAsync_ClockJumped_RentalLastsItsLengthAndNoLonger(int days, bool restart, bool reboot, bool ledgerLost)
    {
        await using var machine = await RentedAsync();
        var before = machine.Ledger.Read()!;

        machine.SetClock(TimeSpan.FromDays(days));
        if (reboot)
            machine.Reboot();
        if (ledgerLost)
            machine.LoseLedger();
        if (restart)
            await machine.PowerCutAsync();
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.True(machine.Allocator.Holds(_alice.Key));
        Assert.Equal(before.ContainerId, Assert.Single(await machine.ContainersAsync()).Id);

        machine.Time.Advance(Length - Second);
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.True(machine.Allocator.Holds(_alice.Key));

        machine.Time.Advance(Second);
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task RestoreAsync_TriedAgainAfterAReboot_CountsTheTimeBetween()
    {
        await using var machine = await RentedAsync();
        machine.Reboot();
        machine.Reopen();
        machine.Engine.Intercept = _ => throw new ComputeMiner.Containers.ContainerEngineException("away");
        await Assert.ThrowsAsync<ComputeMiner.Containers.ContainerEngineException>(() => machine.Allocator.RestoreAsync(machine.Reconciler, Cancellation));
        machine.Engine.Intercept = null;

        machine.Time.Advance(Length);
        await machine.ReadyAsync();
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.True(machine.Allocator.IsFree);
    }

    async Task<SimulatedMachine> RentedAsync()
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental, Length.Days), Cancellation)).Access);
        return machine;
    }
}
