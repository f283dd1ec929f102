using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations;

public class AllocationStartupTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task ExecuteAsync_ContainerDidNotComeUp_SaysNotFreeUntilThingsAreSetRight()
    {
        await using var machine = new SimulatedMachine();
        using var startup = new AllocationStartup(
            machine.Engine, machine.Allocator, machine.Reconciler, machine.Time, NullLogger<AllocationStartup>.Instance);
        await startup.StartAsync(TestContext.Current.CancellationToken);
        await FreeAsync(machine);

        machine.Engine.Intercept = name => name switch
        {
            nameof(IContainerEngine.StartAsync) => throw new ContainerEngineException("the network is gone"),
            nameof(IContainerEngine.PrepareImageAsync) => throw new ContainerEngineException("the port is taken"),
            _ => Task.CompletedTask,
        };
        var outcome = await machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.Equal(AllocationRefusal.StartFailed, outcome.Refusal);
        Assert.False(machine.Allocator.IsFree);
        Assert.Null(machine.Allocator.Current.Allocation);
        machine.Engine.Intercept = null;
        await FreeAsync(machine);
        Assert.NotNull((await machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        await startup.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A container of ours that nobody knows turns up while the image is prepared: whose the machine is is found out all the same.</summary>
    [Fact(Timeout = 30_000)]
    public async Task ExecuteAsync_UnknownRentalTurnsUpWhileTheImageIsPrepared_IsTakenOver()
    {
        await using var machine = new SimulatedMachine();
        using var startup = new AllocationStartup(
            machine.Engine, machine.Allocator, machine.Reconciler, machine.Time, NullLogger<AllocationStartup>.Instance);
        await startup.StartAsync(TestContext.Current.CancellationToken);
        await FreeAsync(machine);
        Assert.NotNull((await machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        var labels = Assert.Single(await machine.ContainersAsync()).Labels! with { Allocation = "0123456789abcdef" };
        Assert.True(await machine.Allocator.DeallocateAsync(Renter.Alice.Key, Renter.Alice.Hotkey, Cancellation));

        var isPrepared = false;
        machine.Engine.Intercept = async name =>
        {
            if (name == nameof(IContainerEngine.StartAsync))
                throw new ContainerEngineException("the network is gone");
            if (name != nameof(IContainerEngine.PrepareImageAsync))
                return;
            machine.Engine.Intercept = null;
            await machine.Engine.StartAsync(await machine.Engine.CreateAsync(new ContainerSpec(machine.Settings.RentalName, "image", 1, labels), Cancellation), Cancellation);
            await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
            isPrepared = !machine.Allocator.IsRestored;
        };
        Assert.Equal(AllocationRefusal.StartFailed, (await machine.Allocator.AllocateAsync(Renter.Bob.Asks(AllocationKind.Rental), Cancellation)).Refusal);

        while (!machine.Allocator.Holds(Renter.Alice.Key))
        {
            Cancellation.ThrowIfCancellationRequested();
            machine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(isPrepared);
        Assert.False(machine.Allocator.IsFree);
        await startup.StopAsync(TestContext.Current.CancellationToken);
    }

    // The pause before the next try is on the machine's clock, made on a thread of its own.
    static async Task FreeAsync(SimulatedMachine machine)
    {
        while (!machine.Allocator.IsFree && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            machine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
