using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

public class AllocationReconcilerTests
{
    readonly Renter _alice = Renter.Alice;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RestoreAsync_AfterPowerCut_RenterKeepsTheMachine(bool paused)
    {
        await using var machine = await RentedAsync();
        if (paused)
            await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation);
        var before = machine.Ledger.Read();
        // A Docker daemon that was killed brings a paused container back running, one that was stopped leaves it ended.
        machine.Engine.Crash((await machine.ContainersAsync())[0].Id);

        await machine.PowerCutAsync();

        Assert.Equal(before, machine.Allocator.Current.Allocation);
        Assert.True(machine.Allocator.Holds(_alice.Key));
        Assert.Equal(paused ? ContainerState.Paused : ContainerState.Running, (await machine.ContainersAsync())[0].State);
    }

    [Theory]
    [InlineData(nameof(IContainerEngine.CreateAsync))]
    [InlineData(nameof(IContainerEngine.DeliverAsync))]
    [InlineData(nameof(IContainerEngine.StartAsync))]
    [InlineData(nameof(IContainerEngine.WaitForSshAsync))]
    public async Task RestoreAsync_CutDuringStart_LeavesNothing(string request)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var reached = new TaskCompletionSource();
        machine.Engine.Intercept = name =>
        {
            if (name != request)
                return Task.CompletedTask;
            reached.SetResult();
            return new TaskCompletionSource().Task;
        };
        _ = machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        await reached.Task;

        await machine.PowerCutAsync();

        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
        Assert.Null(machine.Ledger.Read());
    }

    [Fact]
    public async Task RestoreAsync_CutDuringRelease_FinishesIt()
    {
        await using var machine = await RentedAsync();
        var reached = new TaskCompletionSource();
        machine.Engine.Intercept = name =>
        {
            if (name != nameof(IContainerEngine.RemoveAsync))
                return Task.CompletedTask;
            reached.SetResult();
            return new TaskCompletionSource().Task;
        };
        _ = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await reached.Task;

        await machine.PowerCutAsync();

        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
    }

    [Fact]
    public async Task RestoreAsync_LedgerLost_TakesTheRentalBackFromItsLabels()
    {
        await using var machine = await RentedAsync();
        var before = machine.Ledger.Read()!;

        machine.LoseLedger();
        await machine.ReadyAsync();

        Assert.Equal(before, machine.Allocator.Current.Allocation);
        Assert.Equal(before, machine.Ledger.Read());
    }

    [Fact]
    public async Task TendAsync_StateDirectoryDeleted_LedgerIsThereAgainForTheNextProcess()
    {
        await using var machine = await RentedAsync();
        await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation);
        var before = machine.Ledger.Read();
        Directory.Delete(machine.StateDirectory, recursive: true);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        await machine.PowerCutAsync();

        Assert.Equal(before, machine.Ledger.Read());
        Assert.Equal(before, machine.Allocator.Current.Allocation);
    }

    [Fact]
    public async Task RestoreAsync_OursButNobodyKnowsWhose_IsLeftAndNothingIsAccepted()
    {
        await using var machine = new SimulatedMachine();
        var id = await machine.Engine.CreateAsync(new ContainerSpec("ssh-container", "image", 1, null!), Cancellation);
        await machine.Engine.StartAsync(id, Cancellation);

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(machine.ReadyAsync);

        Assert.Contains("docker rm -f ssh-container", fault.Message, StringComparison.Ordinal);
        Assert.Single(await machine.ContainersAsync());
        Assert.False(machine.Allocator.IsFree);
        await machine.Engine.RemoveAsync(id, Cancellation);
        Assert.True((await machine.ReadyAsync()).Allocator.IsFree);
    }

    [Fact]
    public async Task RestoreAsync_OrphanTest_IsRemoved()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);

        machine.LoseLedger();
        await machine.ReadyAsync();

        Assert.Empty(await machine.ContainersAsync());
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task TendAsync_RentalLostItsContainer_StaysHeldUntilItsOwnerReleases()
    {
        await using var machine = await RentedAsync();
        await machine.Engine.RemoveAsync((await machine.ContainersAsync())[0].Id, Cancellation);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(AllocationState.Failed, machine.Allocator.Current.State);
        Assert.False(machine.Allocator.IsFree);
        Assert.False(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task TendAsync_ContainerEnded_IsStartedAgain()
    {
        await using var machine = await RentedAsync();
        machine.Engine.Crash((await machine.ContainersAsync())[0].Id);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(ContainerState.Running, (await machine.ContainersAsync())[0].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TendAsync_EndReached_ReleasesAlsoAfterARestart(bool rental)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(rental ? AllocationKind.Rental : AllocationKind.Test, 2), Cancellation);
        var length = rental ? TimeSpan.FromDays(2) : machine.Options.MaxTest;

        machine.Time.Advance(length - TimeSpan.FromSeconds(1));
        await machine.PowerCutAsync();
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.False(machine.Allocator.IsFree);

        machine.Time.Advance(TimeSpan.FromSeconds(1));
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task AllocationExpiry_Running_EndsByTheClockAlone()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);
        var free = new TaskCompletionSource();
        machine.Allocator.Changed += snapshot =>
        {
            if (snapshot.State == AllocationState.Free)
                free.TrySetResult();
        };
        using var expiry = new AllocationExpiry(machine.Allocator, machine.Reconciler, machine.Options, machine.Time);
        await expiry.StartAsync(Cancellation);

        // The service makes its timer on a thread of its own, at a moment of its own.
        while (!free.Task.IsCompleted && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            machine.Time.Advance(machine.Options.TendInterval);
            await Task.Yield();
        }

        Assert.True(machine.Allocator.IsFree);
        await expiry.StopAsync(TestContext.Current.CancellationToken);
    }

    async Task<SimulatedMachine> RentedAsync()
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        return machine;
    }
}
