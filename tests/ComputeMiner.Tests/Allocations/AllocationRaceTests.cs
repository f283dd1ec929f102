using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>What happens at the same time as something else, or after an engine that answered too late.</summary>
public class AllocationRaceTests
{
    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task DeallocateAsync_RestartWaitsForAnSshdThatNeverComes_DoesNotWaitWithIt()
    {
        await using var machine = await RentedAsync();
        var waits = new TaskCompletionSource();
        machine.Engine.Intercept = async name =>
        {
            if (name != nameof(IContainerEngine.WaitForSshAsync))
                return;
            machine.Engine.Crash((await machine.ContainersAsync())[0].Id);
            waits.TrySetResult();
        };
        var restart = machine.Allocator.RestartAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await waits.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));

        Assert.False(await restart);
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(nameof(IContainerEngine.PauseAsync))]
    [InlineData(nameof(IContainerEngine.ReplaceFileAsync))]
    public async Task DeallocateAsync_EngineHangsInAnAction_IsDoneThoughTheCallerLeft(string request)
    {
        await using var machine = await RentedAsync();
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        machine.Engine.Intercept = name =>
        {
            if (name != request)
                return Task.CompletedTask;
            reached.TrySetResult();
            return go.Task;
        };
        var action = request == nameof(IContainerEngine.PauseAsync)
            ? machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation)
            : machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.User, null, Cancellation);
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var caller = new CancellationTokenSource();

        var answer = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, caller.Token);
        await caller.CancelAsync();

        Assert.True(await answer);
        Assert.Equal(AllocationState.Releasing, machine.Ledger.Read()!.State);
        Assert.False(machine.Allocator.Holds(_alice.Key));
        Assert.False(machine.Allocator.IsFree);
        var next = machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);
        go.SetResult();
        await action;
        Assert.NotNull((await next).Access);
        Assert.True(machine.Allocator.Holds(_bob.Key));
        Assert.Equal(machine.Ledger.Read()!.Id, Assert.Single(await machine.ContainersAsync()).Labels!.Allocation);
    }

    [Fact]
    public async Task PauseAsync_EngineRefusesAfterTheRelease_DoesNotBringTheRentalBack()
    {
        await using var machine = await RentedAsync();
        Task<bool>? goodbye = null;
        machine.Engine.Intercept = name =>
        {
            if (name != nameof(IContainerEngine.PauseAsync))
                return Task.CompletedTask;
            goodbye = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
            throw new ContainerEngineException("no");
        };

        Assert.False(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));

        Assert.True(await goodbye!);
        Assert.True(machine.Allocator.IsFree);
        Assert.Null(machine.Ledger.Read());
    }

    [Fact]
    public async Task TendAsync_CreateThatWasAnsweredTooLate_IsSwept()
    {
        await using var machine = await RentedAsync();
        var created = (await machine.ContainersAsync())[0].Labels!;
        await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await machine.Engine.CreateAsync(new ContainerSpec(machine.Settings.RentalName, "image", 1, created), Cancellation);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Empty(await machine.ContainersAsync());
        Assert.NotNull((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
    }

    [Fact]
    public async Task TendAsync_OrphanBesideARental_IsSweptAndTheRentalStays()
    {
        await using var machine = await RentedAsync();
        var rental = Assert.Single(await machine.ContainersAsync());
        var orphan = rental.Labels! with { Allocation = "0123456789abcdef" };
        await machine.Engine.CreateAsync(new ContainerSpec(machine.Settings.TestName, "image", 1, orphan), Cancellation);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(rental, Assert.Single(await machine.ContainersAsync()));
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Theory]
    [InlineData(nameof(IContainerEngine.CreateAsync))]
    [InlineData(nameof(IContainerEngine.DeliverAsync))]
    [InlineData(nameof(IContainerEngine.StartAsync))]
    [InlineData(nameof(IContainerEngine.WaitForSshAsync))]
    public async Task AllocateAsync_FaultNobodyForesaw_StillLeavesNothing(string request)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Engine.Intercept = name => name == request ? throw new FormatException("no") : Task.CompletedTask;

        await Assert.ThrowsAsync<FormatException>(() => machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation));

        Assert.Empty(await machine.ContainersAsync());
        Assert.Null(machine.Ledger.Read());
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task TendAsync_FaultNobodyForesaw_LeavesTheNextRoundToTry()
    {
        await using var machine = await RentedAsync();
        machine.Engine.Intercept = _ => throw new FormatException("no");
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        machine.Engine.Intercept = null;
        machine.Engine.Crash((await machine.ContainersAsync())[0].Id);

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Equal(ContainerState.Running, (await machine.ContainersAsync())[0].State);
    }

    [Fact]
    public async Task RestoreAsync_LabelsOfAnotherVersion_RentalIsKnownByItsContainer()
    {
        await using var machine = await RentedAsync();
        var container = Assert.Single(await machine.ContainersAsync());
        var rental = machine.Ledger.Read()!;
        machine.LoseLedger();
        machine.Ledger.Write(rental with { Id = "not on the label" });

        await machine.PowerCutAsync();

        Assert.Equal(container, Assert.Single(await machine.ContainersAsync()));
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Fact]
    public async Task RestoreAsync_ContainerCannotBeBroughtUp_RenterIsKnownAndTheNextRoundTriesAgain()
    {
        await using var machine = await RentedAsync();
        machine.Engine.Crash((await machine.ContainersAsync())[0].Id);
        machine.Engine.Intercept = name => name == nameof(IContainerEngine.StartAsync) ? throw new ContainerEngineException("port taken") : Task.CompletedTask;
        machine.Reopen();

        await machine.Allocator.RestoreAsync(machine.Reconciler, Cancellation);

        Assert.True(machine.Allocator.Holds(_alice.Key));
        machine.Engine.Intercept = null;
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        Assert.Equal(ContainerState.Running, Assert.Single(await machine.ContainersAsync()).State);
    }

    [Fact]
    public async Task RestoreAsync_EngineAway_OwnerIsKnownAndMayRelease()
    {
        await using var machine = await RentedAsync();
        machine.Engine.Intercept = _ => throw new ContainerEngineException("away");
        machine.Reopen();
        await Assert.ThrowsAsync<ContainerEngineException>(() => machine.Allocator.RestoreAsync(machine.Reconciler, Cancellation));

        Assert.True(machine.Allocator.Holds(_alice.Key));
        Assert.False(await machine.Allocator.DeallocateAsync(_bob.Key, _bob.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.False(machine.Allocator.Holds(_alice.Key));
        Assert.False(machine.Allocator.IsFree);

        machine.Engine.Intercept = null;
        await machine.ReadyAsync();
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task RestoreAsync_ReleasedWhileRepairing_DoesNotComeBack()
    {
        await using var machine = await RentedAsync();
        machine.Engine.Crash((await machine.ContainersAsync())[0].Id);
        Task<bool>? goodbye = null;
        machine.Reopen();
        machine.Engine.Intercept = name =>
        {
            if (name == nameof(IContainerEngine.StartAsync))
                goodbye = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
            return Task.CompletedTask;
        };

        await machine.ReadyAsync();

        Assert.True(await goodbye!);
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
        Assert.Null(machine.Ledger.Read());
    }

    [Fact]
    public async Task TendAsync_OrphanThatCannotBeRemoved_DoesNotKeepTheRentalFromRepair()
    {
        await using var machine = await RentedAsync();
        var rental = Assert.Single(await machine.ContainersAsync());
        await machine.Engine.CreateAsync(
            new ContainerSpec(machine.Settings.TestName, "image", 1, rental.Labels! with { Allocation = "0123456789abcdef" }), Cancellation);
        machine.Engine.Crash(rental.Id);
        machine.Engine.Intercept = name => name == nameof(IContainerEngine.RemoveAsync) ? throw new ContainerEngineException("busy") : Task.CompletedTask;

        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Contains(await machine.ContainersAsync(), each => each.Id == rental.Id && each.State == ContainerState.Running);
    }

    async Task<SimulatedMachine> RentedAsync()
    {
        var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        return machine;
    }
}
