using Bittensor.Compute;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>Weak points of the reference that show only in what does not happen; the ids are those of docs/hardening.md.</summary>
public class HardeningTests
{
    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task B20_EngineHangs_ChecksAreAnsweredAllTheSame()
    {
        await using var wire = await AllocateWire.StartAsync();
        var arrived = new TaskCompletionSource();
        var hang = new TaskCompletionSource();
        wire.Machine.Engine.Intercept = request =>
        {
            if (request != nameof(IContainerEngine.CreateAsync))
                return Task.CompletedTask;
            arrived.TrySetResult();
            return hang.Task;
        };
        var allocation = wire.SendAsync("//Alice", Allocate(_alice));
        await arrived.Task.WaitAsync(Cancellation);

        Assert.Equal(WireAnswer.Refused, await wire.SendAsync("//Bob", new AllocateSynapse { Timeline = 1 }));
        Assert.Equal(WireAnswer.Refused, await wire.SendAsync("//Bob", new AllocateSynapse { Timeline = 0, PublicKey = _bob.Pem }));
        Assert.Equal(WireAnswer.Refused, await wire.SendAsync("//Bob", Allocate(_bob)));
        Assert.False(allocation.IsCompleted);

        hang.SetResult();
        Assert.Equal(WireAnswer.Allocated, await allocation);
    }

    [Fact]
    public async Task B21_TwoAllocateAtOnce_OneGetsTheMachine()
    {
        await using var wire = await AllocateWire.StartAsync();

        var answers = await Task.WhenAll(wire.SendAsync("//Alice", Allocate(_alice)), wire.SendAsync("//Bob", Allocate(_bob)));

        Assert.Single(answers, WireAnswer.Allocated);
        Assert.Single(answers, WireAnswer.Refused);
        Assert.Single(await wire.Machine.ContainersAsync());
    }

    /// <summary>Nothing in the registry's folder knows a name by which an allocation can be ended.</summary>
    [Fact]
    public void B33_Registry_HasNoWayToEndARental()
    {
        string[] ways =
        [
            nameof(Allocator.DeallocateAsync), nameof(Allocator.ReleaseByOperatorAsync), nameof(ReleaseCause), nameof(IContainerEngine), nameof(AllocationLedger),
        ];
        var files = Directory.GetFiles(Path.Combine(Checkout.Root, "src", "ComputeMiner", "Registry"), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.All(ways, way => Assert.DoesNotContain(way, File.ReadAllText(file), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task B35_Actions_KeepTheSameAllocation()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        var rental = machine.Allocator.Current.Allocation!;
        var told = new List<Allocation?>();
        machine.Allocator.Changed += snapshot => told.Add(snapshot.Allocation);

        Assert.True(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.ResumeAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.RestartAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(await machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.User, null, Cancellation));

        Assert.NotEmpty(told);
        Assert.All(told, each => Assert.Equal((rental.Id, rental.Hotkey, rental.Expires), (each!.Id, each.Hotkey, each.Expires)));
    }

    static AllocateSynapse Allocate(Renter renter) => new() { Checking = false, Timeline = 30, PublicKey = renter.Pem };
}
