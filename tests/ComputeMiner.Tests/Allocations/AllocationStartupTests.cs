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
