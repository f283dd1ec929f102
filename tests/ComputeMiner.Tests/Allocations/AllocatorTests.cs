using System.Text;
using Bittensor.Keys;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

public class AllocatorTests
{
    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllocateAsync_BeforeImageAndReconciliation_IsNotReady()
    {
        await using var machine = new SimulatedMachine();

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.Equal(AllocationRefusal.NotReady, outcome.Refusal);
        Assert.False(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task AllocateAsync_FreeMachine_GoesThroughEveryStateOnce()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Seen.Clear();

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.NotNull(outcome.Access);
        Assert.Matches("^[A-Za-z0-9]{20,}$", outcome.Access.Password);
        Assert.Equal([AllocationState.Reserving, AllocationState.Starting, AllocationState.Running], machine.Seen);
        var container = Assert.Single(await machine.ContainersAsync());
        Assert.Equal("ssh-container", container.Name);
        Assert.Equal(machine.Ledger.Read()!.Id, container.Labels!.Allocation);
        Assert.True(machine.Allocator.Holds(_alice.Key));
        Assert.False(machine.Allocator.Holds(_bob.Key));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(365, 365)]
    [InlineData(366, 365)]
    [InlineData(int.MaxValue, 365)]
    public async Task AllocateAsync_Timeline_IsCappedAtTheLimit(int asked, int given)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();

        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental, asked), Cancellation);

        Assert.Equal(TimeSpan.FromDays(given), machine.Ledger.Read()!.Expires - machine.Ledger.Read()!.Started);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task AllocateAsync_SecondThatMayNotPreempt_IsBusy(bool firstIsRental, bool secondIsRental)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(firstIsRental ? AllocationKind.Rental : AllocationKind.Test), Cancellation);
        var before = machine.Ledger.Read();

        var outcome = await machine.Allocator.AllocateAsync(_bob.Asks(secondIsRental ? AllocationKind.Rental : AllocationKind.Test), Cancellation);

        Assert.Equal(AllocationRefusal.Busy, outcome.Refusal);
        Assert.Equal(before, machine.Ledger.Read());
        Assert.Single(await machine.ContainersAsync());
    }

    [Fact]
    public async Task AllocateAsync_RentalWhileTestRuns_TakesItsPlaceAndTheTestMayStillSayGoodbye()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);

        var outcome = await machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);

        Assert.NotNull(outcome.Access);
        Assert.Equal("ssh-container", Assert.Single(await machine.ContainersAsync()).Name);
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(machine.Allocator.Holds(_bob.Key));
    }

    [Fact]
    public async Task AllocateAsync_RentalWhileTestStarts_StopsTheStartAndTakesItsPlace()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        machine.Engine.Intercept = request =>
        {
            if (request != nameof(IContainerEngine.StartAsync) || reached.Task.IsCompleted)
                return Task.CompletedTask;
            reached.SetResult();
            return go.Task;
        };
        var test = machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);
        await reached.Task;

        var rental = machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);
        var third = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        go.SetResult();

        Assert.Equal(AllocationRefusal.Busy, third.Refusal);
        Assert.Equal(AllocationRefusal.Cancelled, (await test).Refusal);
        Assert.NotNull((await rental).Access);
        Assert.Equal("ssh-container", Assert.Single(await machine.ContainersAsync()).Name);
    }

    public static TheoryData<string> Requests =>
    [
        nameof(IContainerEngine.CreateAsync), nameof(IContainerEngine.DeliverAsync), nameof(IContainerEngine.StartAsync),
        nameof(IContainerEngine.WaitForSshAsync),
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task AllocateAsync_CallerGone_UndoesEverythingWhereverItWas(string request)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        using var caller = new CancellationTokenSource();
        machine.Engine.Intercept = name => name == request ? caller.CancelAsync() : Task.CompletedTask;

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), caller.Token);

        Assert.Equal(AllocationRefusal.Cancelled, outcome.Refusal);
        Assert.Empty(await machine.ContainersAsync());
        Assert.Null(machine.Ledger.Read());
        Assert.True(machine.Allocator.IsFree);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task AllocateAsync_EngineFails_UndoesEverythingWhereverItWas(string request)
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Engine.Intercept = name => name == request ? throw new ContainerEngineException("no") : Task.CompletedTask;

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.Equal(AllocationRefusal.StartFailed, outcome.Refusal);
        Assert.Empty(await machine.ContainersAsync());
        Assert.Null(machine.Ledger.Read());
        Assert.Null(machine.Allocator.Current.Allocation);
    }

    [Fact]
    public async Task AllocateAsync_CallerGoneWhileWaitingItsTurn_SaysThatTheMachineIsFreeAgain()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var turn = new TaskCompletionSource();
        machine.Engine.Intercept = _ => turn.Task;
        var round = machine.Allocator.TendAsync(machine.Reconciler, Cancellation);
        using var caller = new CancellationTokenSource();
        var request = machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), caller.Token);
        Assert.False(machine.Allocator.IsFree);
        machine.Seen.Clear();

        await caller.CancelAsync();
        var outcome = await request;
        AllocationState[] seen = [.. machine.Seen];
        turn.SetResult();
        await round;

        Assert.Equal(AllocationRefusal.Cancelled, outcome.Refusal);
        Assert.Equal([AllocationState.Free], seen);
        Assert.True(machine.Allocator.IsFree);
    }

    [Fact]
    public async Task AllocateAsync_UndoFails_StaysHeldUntilTheNextRound()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        machine.Engine.Intercept = name => name is nameof(IContainerEngine.StartAsync) or nameof(IContainerEngine.RemoveAsync)
            ? throw new ContainerEngineException("no")
            : Task.CompletedTask;
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        Assert.False(machine.Allocator.IsFree);
        Assert.Equal(AllocationState.Releasing, machine.Allocator.Current.State);

        machine.Engine.Intercept = null;
        await machine.Allocator.TendAsync(machine.Reconciler, Cancellation);

        Assert.Null(machine.Allocator.Current.Allocation);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task DeallocateAsync_Owner_IsRepeatableForAnHour()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        Assert.True(machine.Allocator.IsFree);
        Assert.Empty(await machine.ContainersAsync());

        machine.Time.Advance(TimeSpan.FromMinutes(59));
        await machine.PowerCutAsync();
        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
        machine.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation));
    }

    [Fact]
    public async Task DeallocateAsync_OtherKeyOrOtherHotkey_IsRefused()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.False(await machine.Allocator.DeallocateAsync(_bob.Key, _alice.Hotkey, Cancellation));
        Assert.False(await machine.Allocator.DeallocateAsync(_alice.Key, _bob.Hotkey, Cancellation));

        Assert.True(machine.Allocator.Holds(_alice.Key));
    }

    [Fact]
    public async Task DeallocateAsync_ServiceHotkeyWithTheKey_IsTakenAsTheOwner()
    {
        await using var machine = await new SimulatedMachine(new AllocationOptions { ServiceHotkeys = new HashSet<Hotkey> { _bob.Hotkey } }).ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.True(await machine.Allocator.DeallocateAsync(_alice.Key, _bob.Hotkey, Cancellation));
    }

    [Fact]
    public async Task DeallocateAsync_EngineHangs_AnswersInTimeAndFinishesBehind()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        var hang = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        machine.Engine.Intercept = name =>
        {
            if (name == nameof(IContainerEngine.RemoveAsync))
                reached.TrySetResult();
            return name == nameof(IContainerEngine.RemoveAsync) ? hang.Task : Task.CompletedTask;
        };

        var answer = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
        await reached.Task;
        machine.Time.Advance(machine.Options.ReleaseAnswer);

        Assert.True(await answer);
        Assert.False(machine.Allocator.IsFree);
        var next = machine.Allocator.AllocateAsync(_bob.Asks(AllocationKind.Rental), Cancellation);
        hang.SetResult();
        Assert.NotNull((await next).Access);
    }

    [Fact]
    public async Task DeallocateAsync_WhileStarting_StopsTheStart()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        Task<bool>? goodbye = null;
        machine.Engine.Intercept = name =>
        {
            if (name == nameof(IContainerEngine.StartAsync))
                goodbye = machine.Allocator.DeallocateAsync(_alice.Key, _alice.Hotkey, Cancellation);
            return Task.CompletedTask;
        };

        var outcome = await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Test), Cancellation);

        Assert.Equal(AllocationRefusal.Cancelled, outcome.Refusal);
        Assert.True(await goodbye!);
        Assert.Empty(await machine.ContainersAsync());
    }

    [Fact]
    public async Task Actions_Owner_ChangeStateAndAnybodyElseIsRefused()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        var (allocator, key, hotkey) = (machine.Allocator, _alice.Key, _alice.Hotkey);
        await allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);

        Assert.False(await allocator.PauseAsync(_bob.Key, hotkey, Cancellation));
        Assert.False(await allocator.PauseAsync(key, _bob.Hotkey, Cancellation));
        Assert.True(await allocator.PauseAsync(key, hotkey, Cancellation));
        Assert.Equal(AllocationState.Paused, machine.Ledger.Read()!.State);
        Assert.Equal(ContainerState.Paused, (await machine.ContainersAsync())[0].State);
        Assert.False(allocator.IsFree);
        Assert.True(allocator.Holds(key));

        Assert.True(await allocator.ResumeAsync(key, hotkey, Cancellation));
        Assert.Equal(ContainerState.Running, (await machine.ContainersAsync())[0].State);
        Assert.True(await allocator.PauseAsync(key, hotkey, Cancellation));
        Assert.True(await allocator.RestartAsync(key, hotkey, Cancellation));
        Assert.Equal(AllocationState.Running, allocator.Current.State);
        Assert.Equal(ContainerState.Running, (await machine.ContainersAsync())[0].State);
    }

    [Fact]
    public async Task PauseAsync_EngineFails_IsTakenBack()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        machine.Engine.Intercept = name => name == nameof(IContainerEngine.PauseAsync) ? throw new ContainerEngineException("no") : Task.CompletedTask;

        Assert.False(await machine.Allocator.PauseAsync(_alice.Key, _alice.Hotkey, Cancellation));

        Assert.Equal(AllocationState.Running, machine.Ledger.Read()!.State);
    }

    [Fact]
    public async Task ExchangeKeyAsync_Slots_AreSetAndCleared()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        Assert.True(SshPublicKey.TryParse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhzmRP2SPFi0CPM6kzVBqOQTEpSDwhzmhWIbHeNJgMT", out var key));

        Assert.True(await machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.Terminal, key, Cancellation));
        Assert.Equal($"\n{key!.Line}\n", await KeysAsync(machine));
        Assert.True(await machine.Allocator.ExchangeKeyAsync(_alice.Key, _alice.Hotkey, KeySlot.Terminal, null, Cancellation));
        Assert.Equal("\n\n", await KeysAsync(machine));
        Assert.False(await machine.Allocator.ExchangeKeyAsync(_bob.Key, _bob.Hotkey, KeySlot.User, key, Cancellation));
    }

    [Fact]
    public async Task ReleaseByOperatorAsync_Held_IsFreed()
    {
        await using var machine = await new SimulatedMachine().ReadyAsync();
        Assert.False(await machine.Allocator.ReleaseByOperatorAsync("nothing", Cancellation));
        await machine.Allocator.AllocateAsync(_alice.Asks(AllocationKind.Rental), Cancellation);
        Assert.False(await machine.Allocator.ReleaseByOperatorAsync("another", Cancellation));

        Assert.True(await machine.Allocator.ReleaseByOperatorAsync(machine.Allocator.Current.Allocation!.Id, Cancellation));

        Assert.True(machine.Allocator.IsFree);
    }

    static async Task<string> KeysAsync(SimulatedMachine machine) =>
        Encoding.UTF8.GetString((await machine.Engine.ReadFileAsync((await machine.ContainersAsync())[0].Id, AuthorizedKeys.Path, Cancellation))!);
}
