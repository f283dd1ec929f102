using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations;

public sealed class DrainTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Set_On_HoldsForTheNextProcessUntilOff()
    {
        var state = Path.Combine(_directory, "not", "there", "yet");
        var drain = new DrainSwitch(state);
        Assert.False(drain.IsOn);

        drain.Set(true);
        drain.Set(true);
        Assert.True(drain.IsOn);
        Assert.True(new DrainSwitch(state).IsOn);

        drain.Set(false);
        drain.Set(false);
        Assert.False(drain.IsOn);
        Assert.False(new DrainSwitch(state).IsOn);
    }

    [Fact]
    public void Set_CannotBeKept_StaysAsItWas()
    {
        var state = Path.Combine(_directory, "state");
        File.WriteAllText(state, "a file where the directory should be");
        var drain = new DrainSwitch(state);

        Assert.ThrowsAny<IOException>(() => drain.Set(true));

        Assert.False(drain.IsOn);
    }

    [Fact]
    public async Task AllocateAsync_DrainOn_IsRefusedAndWhatRunsGoesOn()
    {
        var drain = new DrainSwitch(_directory);
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Allocator.Drain = drain;
        var (alice, bob) = (Renter.Alice, Renter.Bob);
        Assert.NotNull((await machine.Allocator.AllocateAsync(alice.Asks(AllocationKind.Test), Cancellation)).Access);

        drain.Set(true);

        Assert.Equal(AllocationRefusal.Draining, (await machine.Allocator.AllocateAsync(bob.Asks(AllocationKind.Rental), Cancellation)).Refusal);
        Assert.True(machine.Allocator.Holds(alice.Key));
        Assert.True(await machine.Allocator.PauseAsync(alice.Key, alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.ResumeAsync(alice.Key, alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.DeallocateAsync(alice.Key, alice.Hotkey, Cancellation));
        Assert.False(machine.Allocator.IsFree);
        Assert.Equal(AllocationRefusal.Draining, (await machine.Allocator.AllocateAsync(bob.Asks(AllocationKind.Rental), Cancellation)).Refusal);

        drain.Set(false);

        Assert.True(machine.Allocator.IsFree);
        Assert.NotNull((await machine.Allocator.AllocateAsync(bob.Asks(AllocationKind.Rental), Cancellation)).Access);
    }
}
