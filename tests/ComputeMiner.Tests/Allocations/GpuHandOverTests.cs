using ComputeMiner.Allocations;
using ComputeMiner.Gpus;
using ComputeMiner.Tests.Gpus;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Allocations;

/// <summary>From one tenant to the next: a driver's library that tells what the test says, the real gate, the real allocator.</summary>
public sealed class GpuHandOverTests
{
    const string FatalLine = "<3>[ 4711.1] NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.";

    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    string _kernelLog = "";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allocate_NotLookedAtYet_LooksFirst()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);

        Assert.False(machine.Allocator.IsFree);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
    }

    public static TheoryData<string> Unfit =>
    [
        FakeGpus.Line(FakeGpus.First, "3B", pids: "4242"),
        FakeGpus.Line(FakeGpus.First, "3B", used: 1025),
        FakeGpus.Line(FakeGpus.First, "3B", state: "lost"),
        FakeGpus.Line(FakeGpus.First, "3B", state: "mig"),
        "error 999",
    ];

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task Release_GpuIsNotFit_NobodyGetsTheMachineUntilItIs(string line)
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        gpus.Set(line, FakeGpus.Line(FakeGpus.Second, "5E"));
        await gate.LookAsync(Cancellation);
        Assert.True(machine.Allocator.Holds(_alice.Key));
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.False(machine.Allocator.IsFree);

        await gate.LookAsync(Cancellation);

        Assert.False(machine.Allocator.IsFree);
        Assert.NotEqual("", gate.Detail);
        Assert.Equal(gate.Obstacle, gate.Detail);
        Assert.Equal(AllocationRefusal.NotClear, (await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Refusal);
        Assert.Equal(AllocationRefusal.NotClear, (await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Test), Cancellation)).Refusal);
        Assert.Empty(await machine.ContainersAsync());

        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await gate.LookAsync(Cancellation);
        Assert.Null(gate.Obstacle);
        Assert.True(machine.Allocator.IsFree);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
    }

    [Fact]
    public async Task Allocate_LastTenantsProcessEndsMeanwhile_WaitsForIt()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation)).Access);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", pids: "4242"), FakeGpus.Line(FakeGpus.Second, "5E"));

        var rental = machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);
        await Condition.UntilAsync(() => gate.Obstacle is not null);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await Condition.UntilAsync(() => Advance(machine, rental.IsCompleted));

        Assert.NotNull((await rental).Access);
        Assert.True(machine.Allocator.Holds(_bob.Key));
    }

    [Fact]
    public async Task Allocate_LastTenantsProcessStays_IsRefusedInTimeAndTheMachineIsNobodys()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation)).Access);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", pids: "4242"), FakeGpus.Line(FakeGpus.Second, "5E"));
        var asked = machine.Time.GetUtcNow();

        var rental = machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);
        await Condition.UntilAsync(() => Advance(machine, rental.IsCompleted));

        Assert.Equal(AllocationRefusal.NotClear, (await rental).Refusal);
        Assert.True(machine.Time.GetUtcNow() - asked >= TimeSpan.FromSeconds(5));
        Assert.Null(machine.Allocator.Current.Allocation);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task Look_WhileRented_NeverTouchesTheRental()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        var rental = machine.Allocator.Current;
        var before = await machine.ContainersAsync();

        // The tenant computes, then a GPU falls off the bus, then the whole driver stops.
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", used: 100_000, pids: "71,72"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await gate.LookAsync(Cancellation);
        Assert.Null(gate.Obstacle);
        _kernelLog = FatalLine;
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", state: "lost"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await gate.LookAsync(Cancellation);
        Assert.Contains(FakeGpus.First, gate.Obstacle, StringComparison.Ordinal);
        gpus.Set("error 999");
        await gate.LookAsync(Cancellation);

        Assert.Contains("999", gate.Obstacle, StringComparison.Ordinal);
        Assert.Equal(rental, machine.Allocator.Current);
        Assert.Equal(before, await machine.ContainersAsync());
    }

    [Fact]
    public async Task Look_FatalXid_HoldsTheMachineBackUntilCleared()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus, FakeGpus.First);
        _kernelLog =
            """
            <3>[ 1.1] NVRM: Xid (PCI:0000:5e:00): 79, GPU has fallen off the bus.
            <4>[ 2.1] NVRM: Xid (PCI:0000:3b:00): 31, pid=1234, name=python, Ch 00000008
            """;
        await gate.LookAsync(Cancellation);
        // One of a GPU that is not handed out, and one that only ends a program.
        Assert.True(machine.Allocator.IsFree);

        _kernelLog += "\n" + FatalLine;
        await gate.LookAsync(Cancellation);
        Assert.Contains("Xid 79", gate.Obstacle, StringComparison.Ordinal);
        Assert.Equal(AllocationRefusal.NotClear, (await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Refusal);

        _kernelLog = "";
        await gate.LookAsync(Cancellation);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
    }

    /// <summary>A challenge's hashcat computes while the machine is free and stops by itself when somebody gets it.</summary>
    [Fact]
    public async Task Look_OurOwnChildComputes_IsNotInTheWay()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        using var child = System.Diagnostics.Process.Start("sh", ["-c", "sleep 60 & echo; wait"]);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", used: 5000, pids: child.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)), FakeGpus.Line(FakeGpus.Second, "5E"));

        await gate.LookAsync(Cancellation);

        Assert.True(machine.Allocator.IsFree);
        child.Kill(entireProcessTree: true);
    }

    [Fact]
    public async Task ExecuteAsync_AfterARelease_LooksAtOnce()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var gate = Gate(machine, gpus);
        await gate.StartAsync(Cancellation);
        await Condition.UntilAsync(() => machine.Allocator.IsFree);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);

        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));

        // No time passes on the machine's clock.
        await Condition.UntilAsync(() => machine.Allocator.IsFree);
        await gate.StopAsync(Cancellation);
        Assert.True(machine.Allocator.IsFree);
    }

    /// <summary>What the driver says of the time before a tenant says nothing of the time after it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_SomebodyHadTheMachineMeanwhile_IsWorthNothing(bool stillHas)
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var free = machine.Allocator.Current;
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        var held = machine.Allocator.Current;
        Action meanwhile = () => { };
        using var gate = new GpuHandOver(
            () => [FakeGpus.First, FakeGpus.Second],
            async token =>
            {
                var read = await gpus.Inventory.ReadAsync(token);
                meanwhile();
                return read;
            },
            () => [], machine.Time, NullLogger<GpuHandOver>.Instance);
        gate.Follow(free);
        meanwhile = () =>
        {
            gate.Follow(held);
            if (!stillHas)
                gate.Follow(free);
        };

        await gate.LookAsync(Cancellation);
        meanwhile = () => { };
        gate.Follow(free);

        Assert.False(gate.IsClear);
        await gate.LookAsync(Cancellation);
        Assert.True(gate.IsClear);
    }

    [Fact]
    public async Task Allocate_LookFailsUnexpectedly_MachineIsNotHeldByNobody()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var broken = true;
        using var gate = new GpuHandOver(
            () => [FakeGpus.First, FakeGpus.Second], gpus.Inventory.ReadAsync, () => broken ? throw new InvalidOperationException("a log nobody can read") : [],
            machine.Time, NullLogger<GpuHandOver>.Instance);
        machine.Allocator.Gate = gate;
        machine.Allocator.Changed += gate.Follow;
        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation));

        broken = false;

        Assert.Null(machine.Allocator.Current.Allocation);
        Assert.NotNull((await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation)).Access);
    }

    /// <summary>A renter's process is not in the way after a restart, and nobody is told to end it.</summary>
    [Fact]
    public async Task Look_AfterARestartBeforeTheEngineAnswers_LeavesTheRentersProcessAlone()
    {
        using var gpus = await FakeGpus.MakeAsync();
        await using var machine = await new SimulatedMachine().ReadyAsync();
        Assert.NotNull((await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation)).Access);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", pids: "4242"), FakeGpus.Line(FakeGpus.Second, "5E"));
        machine.Reopen();
        using var gate = Gate(machine, gpus);

        machine.Allocator.Recall();
        await gate.LookAsync(Cancellation);

        Assert.Null(gate.Obstacle);
        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    GpuHandOver Gate(SimulatedMachine machine, FakeGpus gpus, params string[] expected)
    {
        var gate = new GpuHandOver(
            () => expected.Length > 0 ? expected : [FakeGpus.First, FakeGpus.Second], gpus.Inventory.ReadAsync, () => XidError.Find(_kernelLog), machine.Time,
            NullLogger<GpuHandOver>.Instance);
        machine.Allocator.Gate = gate;
        machine.Allocator.Changed += gate.Follow;
        return gate;
    }

    static bool Advance(SimulatedMachine machine, bool done)
    {
        if (!done)
            machine.Time.Advance(TimeSpan.FromMilliseconds(250));
        return done;
    }
}
