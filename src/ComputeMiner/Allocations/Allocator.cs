using Bittensor.Compute;
using System.Security.Cryptography;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>
/// The single writer of who has the machine. Decisions are made at once in memory (<see cref="AllocationSlot"/>); what changes the
/// world runs one at a time behind a gate, written to the ledger before it happens.
/// </summary>
sealed partial class Allocator(
    IContainerEngine engine, AllocationLedger ledger, AllocationOptions options, ContainerOptions container, RentalClock clock, TimeProvider time,
    ILogger<Allocator> logger)
    : IAsyncDisposable
{
    readonly AllocationSlot _slot = new();
    readonly SemaphoreSlim _world = new(1, 1);
    readonly Lock _ending = new();
    volatile PreparedImage? _image;
    volatile TaskCompletionSource _doubted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _restored;
    bool _resumed;
    volatile IReadOnlyList<ReleasedAllocation> _released = [];

    /// <summary>Tells each change of state after it happened, in order. Handlers must be quick and not throw.</summary>
    public event Action<AllocationSnapshot>? Changed;

    /// <summary>What the machine is doing now; from memory.</summary>
    public AllocationSnapshot Current => new(_restored && _image is not null, _slot.Held);

    /// <summary>A new allocation would be accepted now.</summary>
    public bool IsFree => Drain is not { IsOn: true } && Gate is not { IsClear: false } && !_slot.IsClosed && Current is { Ready: true, Allocation: null }
        && EngineAnswers?.Invoke() is not false;

    /// <summary>Whether the engine answered when it was looked at last: without one nothing can be delivered. Null where nobody looks.</summary>
    public Func<bool>? EngineAnswers { get; set; }

    /// <summary>The operator's wish that nothing new be handed out.</summary>
    public DrainSwitch? Drain { get; set; }

    /// <summary>Files that tell a renter what it got, beside those that let it in.</summary>
    public Func<Allocation, Task<IReadOnlyList<DeliveredFile>>>? Notices { get; set; }

    /// <summary>The clock by which allocations begin and end.</summary>
    public RentalClock Clock => clock;

    /// <summary>The key's allocation is alive.</summary>
    public bool Holds(SealingKey key) => _slot.Held is { IsAlive: true } held && held.Owner == key.Fingerprint;

    /// <summary>
    /// Completes when the engine failed to bring a container up: the image or the network may be gone, or the port taken. Nothing is
    /// accepted until <see cref="UseImage"/> says that all is well again. One that comes before <see cref="UseImage"/> does not count after it,
    /// so <see cref="IsRestored"/> is looked at then.
    /// </summary>
    public Task Doubted => _doubted.Task;

    /// <summary>Ledger and containers were compared, and nothing was found since that does not fit.</summary>
    public bool IsRestored => _restored;

    /// <summary>From now on containers are made from this image.</summary>
    public void UseImage(PreparedImage image)
    {
        _doubted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _image = image;
        Publish();
    }

    /// <summary>
    /// Takes over who has the machine by the ledger alone: an engine that hangs keeps nobody from being known, seen, and able to release.
    /// </summary>
    /// <exception cref="LedgerException">The ledger cannot be read.</exception>
    public void Recall()
    {
        // Once: tried again, the time of this process would be counted as one nobody has seen.
        if (!_resumed && ledger.ReadClock() is { } last)
            clock.Resume(last);
        _resumed = true;
        _released = ledger.ReadReleased(clock.Now - options.ReleaseMemory);
        if (ledger.Read() is not { State: AllocationState.Running or AllocationState.Paused or AllocationState.Failed } recorded)
            return;
        _slot.Restore(recorded);
        Publish();
    }

    /// <summary>Compares the ledger with the containers and takes over what is there. Nothing is accepted before.</summary>
    public async Task RestoreAsync(AllocationReconciler reconciler, CancellationToken cancellation)
    {
        await _world.WaitAsync(cancellation);
        try
        {
            Recall();
            _slot.Restore(await reconciler.RestoreAsync(cancellation));
            // The next process goes on from this start of the machine.
            ledger.WriteClock(clock.Read());
            _restored = true;
        }
        finally
        {
            _world.Release();
        }
        Publish();
    }

    /// <summary>
    /// Hands the machine out. Returns when sshd greeted through the published port; when that fails or
    /// <paramref name="cancellation"/> fires first, everything is undone before it returns.
    /// </summary>
    public async Task<AllocationOutcome> AllocateAsync(AllocationRequest request, CancellationToken cancellation)
    {
        if (_image is null || !_restored)
            return AllocationOutcome.Refused(AllocationRefusal.NotReady);
        if (Drain is { IsOn: true })
            return AllocationOutcome.Refused(AllocationRefusal.Draining);
        if (Gate is { Obstacle: not null })
            return AllocationOutcome.Refused(AllocationRefusal.NotClear);
        if (_slot.IsClosed)
            return AllocationOutcome.Refused(AllocationRefusal.Updating);
        using var start = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var wanted = Promise(request);
        if (!_slot.TryReserve(wanted, start))
            return AllocationOutcome.Refused(AllocationRefusal.Busy);
        try
        {
            await _world.WaitAsync(start.Token);
        }
        catch (OperationCanceledException)
        {
            _slot.Free(wanted.Id);
            Publish();
            return AllocationOutcome.Refused(AllocationRefusal.Cancelled);
        }
        try
        {
            // Whoever had the turn before may have found that it is not known any more who has the machine.
            if (_image is not { } image || !_restored)
                return AllocationOutcome.Refused(AllocationRefusal.NotReady);
            if (!await TryMakeRoomAsync(wanted))
                return AllocationOutcome.Refused(AllocationRefusal.Busy);
            return await PassGateAsync(wanted, start.Token) is { } refusal
                ? AllocationOutcome.Refused(refusal)
                : await StartAsync(wanted, request.UserKey, image, start.Token);
        }
        finally
        {
            // Whatever happened, a promise that led to nothing is taken back here.
            if (_slot.Next?.Id == wanted.Id)
                _slot.Free(wanted.Id);
            _world.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // What is being undone or removed is finished first; what still waits for its turn is finished by the next process.
        await _world.WaitAsync();
        _world.Dispose();
    }

    Allocation Promise(AllocationRequest request)
    {
        if (_slot.Held is null)
            clock.Follow();
        var now = clock.Now;
        var length = request.Kind == AllocationKind.Test ? options.MaxTest : TimeSpan.FromDays(Math.Min(request.Days, options.MaxRental.TotalDays));
        return new Allocation(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            request.Kind,
            AllocationState.Reserving,
            request.Key.Fingerprint,
            request.Caller,
            now,
            now + length,
            null);
    }

    // Clears away the test, or the rest of what is over, that had the machine when it was promised.
    async Task<bool> TryMakeRoomAsync(Allocation wanted)
    {
        if (_slot.Held is not { } held || held.Id == wanted.Id)
            return true;
        // Found meanwhile in a container of ours: a rental makes room for nobody.
        if (held is { Kind: AllocationKind.Rental, State: not AllocationState.Releasing })
            return false;
        try
        {
            if (held.State != AllocationState.Releasing)
                held = BeginRelease(held, ReleaseCause.Preempted);
        }
        catch (LedgerException fault)
        {
            Log.ReleaseFailed(logger, held.Id, fault.Message);
            return false;
        }
        return await TryCleanUpAsync(held);
    }

    async Task<AllocationOutcome> StartAsync(Allocation allocation, SshPublicKey? userKey, PreparedImage image, CancellationToken cancellation)
    {
        using var scope = Log.Scope(logger, allocation.Id);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            ledger.WriteClock(clock.Read());
            Step(allocation);
            var access = SshAccess.Create(userKey);
            // Hashing and key making go on while the engine is at work.
            var files = Task.Run(() => FilesForAsync(allocation, access, image), CancellationToken.None);
            // A create or start under way is not abandoned: the engine would finish it behind our back.
            var id = await engine.CreateAsync(ToSpec(allocation, image), CancellationToken.None);
            Step(allocation = allocation with { State = AllocationState.Starting, ContainerId = id });
            cancellation.ThrowIfCancellationRequested();
            await engine.StartAsync(id, CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            await engine.DeliverAsync(id, await files, CancellationToken.None);
            await engine.WaitForSshAsync(id, container.SshPort, cancellation);
            cancellation.ThrowIfCancellationRequested();
            Step(allocation = allocation with { State = AllocationState.Running });
            Log.Allocated(logger, allocation.Kind, allocation.Hotkey, allocation.Expires);
            return AllocationOutcome.Granted(access);
        }
        catch (Exception fault)
        {
            await RollBackAsync(allocation, fault);
            if (fault is not (OperationCanceledException or ContainerEngineException or LedgerException))
                throw;
            return AllocationOutcome.Refused(fault is OperationCanceledException ? AllocationRefusal.Cancelled : AllocationRefusal.StartFailed);
        }
    }

    async Task<IReadOnlyList<DeliveredFile>> FilesForAsync(Allocation allocation, SshAccess access, PreparedImage image) =>
        Notices is { } notices ? [.. access.ToFiles(image), .. await notices(allocation)] : access.ToFiles(image);

    async Task RollBackAsync(Allocation allocation, Exception fault)
    {
        if (fault is OperationCanceledException)
            Log.StartCancelled(logger, allocation.Kind, allocation.Hotkey);
        else
            Log.StartFailed(logger, allocation.Kind, allocation.Hotkey, fault.Message);
        if (fault is ContainerEngineException)
            Doubt();
        var over = allocation with { State = AllocationState.Releasing };
        _slot.Update(over);
        await TryCleanUpAsync(over);
    }

    ContainerSpec ToSpec(Allocation allocation, PreparedImage image) => new(
        allocation.Kind == AllocationKind.Rental ? container.RentalName : container.TestName,
        image.Id,
        container.SshPort,
        new ContainerLabels(
            allocation.Id, AllocationLabels.WriteKind(allocation.Kind), allocation.Owner, allocation.Hotkey.ToString(), allocation.Started, allocation.Expires,
            clock.Read().Boot));

    void Doubt()
    {
        _image = null;
        _doubted.TrySetResult();
    }

    void Step(Allocation allocation)
    {
        if (!TryStep(allocation))
            throw new OperationCanceledException("The allocation was released while it was starting.");
    }

    // Durable first, then visible. False when the allocation is over.
    bool TryStep(Allocation allocation)
    {
        if (!ledger.Write(allocation) || !_slot.Update(allocation))
            return false;
        Publish();
        return true;
    }

    void Publish() => Changed?.Invoke(Current);
}
