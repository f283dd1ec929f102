using Bittensor.Dendrite;
using ComputeMiner.Containers;
using ComputeMiner.Demo;
using ComputeMiner.Validator;

namespace ComputeMiner.Drill;

/// <summary>Brings the miner to a point, lets it die there, starts it again, and looks whether anything was lost.</summary>
sealed partial class DrillScenario(DrillMachine machine) : IDisposable
{
    // Longer than any rental of the drill, which are of one day.
    static readonly TimeSpan PastTheEnd = TimeSpan.FromHours(25);

    readonly DendriteClient _dendrite = new(machine.Validator, new DendriteOptions());
    DrillRental? _rental;

    /// <summary>Runs one point.</summary>
    /// <returns>What was seen.</returns>
    /// <exception cref="InvalidOperationException">The miner did not die there, or a promise was broken; the message says which.</exception>
    public async Task<string> RunAsync(DrillPoint point, CancellationToken cancellation)
    {
        await PrepareAsync(point.Deed, cancellation);
        await DieAsync(point, cancellation);
        var held = point.Deed is not (DrillDeed.Allocate or DrillDeed.Deallocate or DrillDeed.Expiry or DrillDeed.KeepSpare or DrillDeed.AllocateSpare);
        await machine.StartMinerAsync(() => RequireNotFreeAsync(held, cancellation), cancellation);
        var seen = point.Deed switch
        {
            DrillDeed.Allocate or DrillDeed.AllocateSpare => await SettleUnansweredAsync(cancellation),
            DrillDeed.KeepSpare => await SettleSpareAsync(cancellation),
            DrillDeed.Deallocate or DrillDeed.Expiry => await SettleEndAsync(point, cancellation),
            _ => await SettleHeldAsync(cancellation),
        };
        await machine.RequireMarkerAsync(mayRest: false, cancellation);
        return seen;
    }

    public void Dispose()
    {
        _rental?.Dispose();
        _dendrite.Dispose();
    }

    async Task PrepareAsync(DrillDeed deed, CancellationToken cancellation)
    {
        if (deed is DrillDeed.Allocate or DrillDeed.KeepSpare or DrillDeed.AllocateSpare)
        {
            if (_rental is not null)
                await EndAsync(cancellation);
            await machine.UseSpareAsync(deed == DrillDeed.AllocateSpare, cancellation);
            if (deed == DrillDeed.AllocateSpare)
                await RequireSpareAsync(cancellation);
            _rental = new DrillRental(machine, _dendrite);
            return;
        }
        await machine.UseSpareAsync(false, cancellation);
        if (_rental is null)
        {
            _rental = new DrillRental(machine, _dendrite);
            await _rental.BeginAsync(cancellation);
        }
        if (deed is DrillDeed.Resume or DrillDeed.Recover)
            await _rental.Session.ActAsync("pause", cancellation);
    }

    async Task DieAsync(DrillPoint point, CancellationToken cancellation)
    {
        if (point.Deed is DrillDeed.KeepSpare or DrillDeed.Recover)
        {
            await machine.KillAsync(cancellation);
            if (point.Deed == DrillDeed.Recover)
                await machine.ThawAsync(cancellation);
            machine.Spare = point.Deed == DrillDeed.KeepSpare;
            await machine.StartMinerToDieAsync(point, cancellation);
            return;
        }
        var session = _rental!.Session;
        if (point.Deed == DrillDeed.Expiry)
            machine.Pass(PastTheEnd, point);
        else
            machine.Arm(point);
        using var key = RenterSshKey.Create("renter");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task deed = point.Deed switch
        {
            DrillDeed.Allocate or DrillDeed.AllocateSpare => session.AllocateAsync(1, "", testing: false, over.Token),
            DrillDeed.Pause => session.ActAsync("pause", over.Token),
            DrillDeed.Resume => session.ActAsync("resume", over.Token),
            DrillDeed.Restart => session.ActAsync("restart", over.Token),
            DrillDeed.ExchangeKey => session.ExchangeKeyAsync(key.PublicLine, over.Token),
            DrillDeed.Deallocate => session.DeallocateAsync(over.Token),
            _ => Task.CompletedTask,
        };
        await machine.WaitForDeathAsync(point, cancellation);
        await deed;
    }

    // Asked while the miner comes up: who was answered holds the machine, until its end was written down.
    async Task RequireNotFreeAsync(bool heldThroughout, CancellationToken cancellation)
    {
        var check = await _rental!.Session.CheckAsync(cancellation);
        if (heldThroughout)
            Demand.That(check.Synapse.Output.Status != true, "a held machine answers that it is free");
    }

    /// <summary>Nobody was told that the machine is theirs: it is free with nothing left, or its caller's to give back.</summary>
    async Task<string> SettleUnansweredAsync(CancellationToken cancellation)
    {
        if ((await _rental!.Session.StatusAsync(cancellation)).Synapse.Output.Status == true)
        {
            await RequireOneHolderAsync(cancellation);
            await EndAsync(cancellation);
            return "held by its caller, given back, free";
        }
        await RequireFreeAsync(cancellation);
        return "free, nothing left";
    }

    async Task<string> SettleSpareAsync(CancellationToken cancellation)
    {
        await RequireSpareAsync(cancellation);
        await RequireFreeAsync(cancellation);
        return "free, one container kept ahead";
    }

    async Task RequireSpareAsync(CancellationToken cancellation) => await Demand.SoonAsync(
        async () => await machine.ListAsync(cancellation) is [{ State: ContainerState.Running, Labels.IsSpare: true }],
        "no container is kept ahead, or more than one", cancellation);

    async Task<string> SettleHeldAsync(CancellationToken cancellation)
    {
        await RequireOneHolderAsync(cancellation);
        await _rental!.RequireAliveAsync(cancellation);
        return "rented, the renter's file is there";
    }

    async Task<string> SettleEndAsync(DrillPoint point, CancellationToken cancellation)
    {
        if (point is { Deed: DrillDeed.Deallocate, After: false, Step: Allocations.CrashPoint.WriteReleasing })
        {
            await SettleHeldAsync(cancellation);
            await EndAsync(cancellation);
            return "still rented, asked again, free";
        }
        await RequireFreeAsync(cancellation);
        return "free, nothing left";
    }

    async Task EndAsync(CancellationToken cancellation)
    {
        var answer = await _rental!.Session.DeallocateAsync(cancellation);
        Demand.That(answer.Synapse.Output.Status == true, $"the deallocate was answered {answer.StatusCode} {answer.StatusMessage}");
        await RequireFreeAsync(cancellation);
    }

    async Task RequireOneHolderAsync(CancellationToken cancellation)
    {
        using var other = new DrillRental(machine, _dendrite);
        Demand.That((await other.Session.CheckAsync(cancellation)).Synapse.Output.Status == false, "a held machine answers that it is free");
        Demand.That((await other.Session.AllocateAsync(1, "", testing: false, cancellation)).Synapse.Output.Status == false, "two hold the machine");
    }

    async Task RequireFreeAsync(CancellationToken cancellation)
    {
        await Demand.SoonAsync(
            async () => (await _rental!.Session.CheckAsync(cancellation)).Synapse.Output.Status == true, "the machine does not become free", cancellation);
        await Demand.SoonAsync(
            async () => !(await machine.ListAsync(cancellation)).Any(each => !machine.Spare || each.Labels is not { IsSpare: true }),
            "a container is left behind", cancellation);
        await machine.RequireNoOrphanVolumeAsync(cancellation);
        _rental!.Dispose();
        _rental = null;
    }
}
