using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>
/// Does one thing after the other to a machine and says, after each, what must be true. Knows one holder and its file, and nothing of how the
/// miner keeps them.
/// </summary>
sealed partial class MachineModel(ModelMachine machine)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Year = TimeSpan.FromDays(365);
    static readonly TimeSpan[] Spans =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(14), TimeSpan.FromHours(2), TimeSpan.FromDays(1), TimeSpan.FromDays(3),
    ];

    readonly HashSet<Renter> _released = [];
    Holding? _held;
    Holding? _leaving;
    DateTimeOffset _caredFor;
    int _files;

    // Nothing lasts that long: what hangs is found, and fails.
    CancellationToken Stop { get; set; }

    DateTimeOffset Now => machine.Time.GetUtcNow();

    bool IsHealthy => machine.IsHealthy;

    public async Task RunAsync(IReadOnlyList<Happening> sequence)
    {
        await machine.ComeUpAsync();
        foreach (var each in sequence)
            await StepAsync(each);
        await SettleAsync();
    }

    async Task StepAsync(Happening happening)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            Stop = limit.Token;
            machine.KillAfter(happening.KillAt);
            try
            {
                await DoAsync(happening, happening.ByBob ? Renter.Bob : Renter.Alice);
                await machine.KeepSpareAsync();
            }
            catch (KilledException)
            {
                // Nobody got an answer.
            }
            if (machine.IsKilled)
                await ComeBackAsync(happening);
            machine.KillAfter(0);
            await machine.ComeUpAsync();
            EndLostTest();
            await CheckAsync();
        }
        catch (Exception fault) when (fault is not BrokenPromiseException)
        {
            throw new BrokenPromiseException($"{happening} raised {fault}");
        }
        catch (BrokenPromiseException fault)
        {
            var said = machine.Logs.Lines.Where(line => line.Level >= LogLevel.Warning).TakeLast(5).Select(line => line.Text);
            throw new BrokenPromiseException($"After '{happening}': {fault.Message}. The miner's last warnings: {string.Join(" | ", said)}");
        }
    }

    Task DoAsync(Happening happening, Renter who) => happening.Deed switch
    {
        Deed.AllocateRental => AllocateAsync(who, AllocationKind.Rental, happening.Amount),
        Deed.AllocateTest => AllocateAsync(who, AllocationKind.Test, happening.Amount),
        Deed.AllocateTwiceAtOnce => AllocateTwiceAsync(happening.Amount),
        Deed.Check => Task.CompletedTask,
        Deed.Pause => ActAsync(who, machine.Allocator.PauseAsync, paused: true),
        Deed.Resume => ActAsync(who, machine.Allocator.ResumeAsync, paused: false),
        Deed.Restart => ActAsync(who, machine.Allocator.RestartAsync, paused: false, revives: true),
        Deed.ExchangeKey => ActAsync(who, (key, hotkey, stop) => machine.Allocator.ExchangeKeyAsync(key, hotkey, KeySlot.User, null, stop), paused: null),
        Deed.Deallocate => DeallocateAsync(who),
        Deed.DeallocateUnderAnotherHotkey => DeallocateForeignAsync(who),
        Deed.ReleaseByOperator => ReleaseAsync(),
        Deed.TimePasses => Passing(Spans[happening.Amount % Spans.Length]),
        Deed.Tend => TendAsync(),
        Deed.ClockJumpsAhead => Doing(() => machine.SetClock(Year)),
        Deed.ClockJumpsBack => Doing(() => machine.SetClock(-Year)),
        Deed.KillMiner => RestartAsync(),
        Deed.Reboot => RebootAsync(),
        Deed.LoseLedger => LoseLedgerAsync(),
        Deed.DeleteStateDirectory => Doing(DeleteState),
        Deed.ContainerDies => DieAsync(),
        Deed.ContainerIsRemoved => RemoveAsync(),
        Deed.KillDockerd => KillDaemonAsync(),
        Deed.KillDockerdAllocating => AllocateUnderDeathAsync(who, happening.Amount),
        Deed.DiskFills => Doing(() => machine.World.DiskIsFull = true),
        Deed.DiskHasRoom => Doing(() => machine.World.DiskIsFull = false),
        Deed.EngineLeaves => Doing(() => machine.World.TakeEngineAway(happening.Amount)),
        Deed.EngineReturns => Doing(machine.World.ReturnEngine),
        _ => throw new ArgumentOutOfRangeException(nameof(happening)),
    };

    async Task AllocateAsync(Renter who, AllocationKind kind, int amount)
    {
        var mayHave = _held is null || (_held.Kind == AllocationKind.Test && kind == AllocationKind.Rental);
        var mustHave = mayHave && IsHealthy && machine.Allocator.Current.Ready;
        var days = amount % 2 == 0 ? 2 : 30;
        await SettleAsync(who, kind, days, await machine.Allocator.AllocateAsync(who.Asks(kind, days), Stop), mayHave, mustHave);
    }

    async Task AllocateUnderDeathAsync(Renter who, int amount)
    {
        var mayHave = _held is null or { IsProtected: false };
        var days = amount % 2 == 0 ? 2 : 30;
        var allocating = machine.Allocator.AllocateAsync(who.Asks(AllocationKind.Rental, days), Stop);
        var ended = await machine.World.KillDaemonAsync(amount % 3 == 0 ? null : allocating);
        await SettleAsync(who, AllocationKind.Rental, days, await allocating, mayHave, mustHave: false);
        Die(ended);
    }

    async Task SettleAsync(Renter who, AllocationKind kind, int days, AllocationOutcome outcome, bool mayHave, bool mustHave)
    {
        if (outcome.Access is not null)
        {
            Promise(mayHave, $"{who.Hotkey} got a machine that somebody has");
            await TakeAsync(who, kind, days);
            return;
        }
        // What is left of the attempt is his to release.
        _released.Add(who);
        Promise(!mustHave, $"a free and healthy machine was refused: {outcome.Refusal}");
        // A test that was cleared away for a rental that then could not start is over.
        if (_held is { IsProtected: false } && machine.Allocator.Current.Allocation is not { IsAlive: true })
            End();
    }

    async Task AllocateTwiceAsync(int amount)
    {
        var wasFree = machine.Allocator.IsFree && IsHealthy;
        var wasRented = _held is { IsProtected: true };
        var days = amount % 2 == 0 ? 2 : 30;
        Renter[] both = [Renter.Alice, Renter.Bob];
        var outcomes = await Task.WhenAll(both.Select(who => machine.Allocator.AllocateAsync(who.Asks(AllocationKind.Rental, days), Stop)));
        var granted = outcomes.Count(each => each.Access is not null);
        _released.UnionWith(both);
        Promise(granted <= (wasRented ? 0 : 1), $"{granted} got the machine at once");
        Promise(!wasFree || granted == 1, "nobody got a free and healthy machine");
        if (granted == 1)
            await TakeAsync(both[Array.FindIndex(outcomes, each => each.Access is not null)], AllocationKind.Rental, days);
        else if (_held is { IsProtected: false } && machine.Allocator.Current.Allocation is not { IsAlive: true })
            End();
    }

    async Task TakeAsync(Renter who, AllocationKind kind, int days)
    {
        var allocation = machine.Allocator.Current.Allocation;
        Promise(allocation is { IsAlive: true, ContainerId: not null }, "what was granted does not run");
        End();
        _held = new Holding(
            who, kind, allocation!.Id, Now + (kind == AllocationKind.Rental ? TimeSpan.FromDays(days) : machine.Options.MaxTest), $"file {++_files}");
        _leaving = null;
        _caredFor = Now;
        await machine.World.PutFileAsync(allocation.ContainerId!, _held.File);
    }

    async Task ActAsync(Renter who, Func<Bittensor.Compute.SealingKey, Bittensor.Keys.Hotkey, CancellationToken, Task<bool>> act, bool? paused,
        bool revives = false)
    {
        var isOwner = _held?.Owner == who;
        // Nobody ever got into it: a restart would wait for its sshd as long as its caller does.
        if (revives && _held is { HalfMade: true })
            return;
        var must = isOwner && IsHealthy && _held is { Lost: false, Dead: false } && machine.Allocator.Current.Ready;
        var done = await act(who.Key, who.Hotkey, Stop);
        Promise(!done || isOwner, "somebody else's action was done");
        Promise(done || !must, "an owner's action on a healthy machine was not done");
        if (!done)
            return;
        _held!.Paused = paused ?? _held.Paused;
        _held.Dead &= !revives;
    }

    async Task DeallocateAsync(Renter who)
    {
        var isOwner = _held?.Owner == who;
        var done = await machine.Allocator.DeallocateAsync(who.Key, who.Hotkey, Stop);
        Promise(!done || isOwner || _released.Contains(who), "somebody else's release was done");
        Promise(done || !isOwner || !IsHealthy, "an owner's release was not done");
        if (done && isOwner)
            End();
    }

    async Task DeallocateForeignAsync(Renter who)
    {
        var other = who == Renter.Alice ? Renter.Bob : Renter.Alice;
        Promise(!await machine.Allocator.DeallocateAsync(who.Key, other.Hotkey, Stop), "a key alone released a machine");
    }

    async Task ReleaseAsync()
    {
        var done = await machine.Allocator.ReleaseByOperatorAsync(_held?.Id ?? "", Stop);
        Promise(done || _held is null || !IsHealthy, "the operator's release was not done");
        if (done)
            End();
    }

    void End()
    {
        if (_held is { } held)
            _released.Add(held.Owner);
        _leaving = _held ?? _leaving;
        _held = null;
    }

    static Task Doing(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    static void Promise(bool kept, string otherwise)
    {
        if (!kept)
            throw new BrokenPromiseException(otherwise);
    }
}
