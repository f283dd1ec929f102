using System.Security.Cryptography;

namespace ComputeMiner.Containers.Disks;

/// <content>One empty disk is kept for the next container while nobody is waiting for it: making one takes the longer the larger it is.</content>
sealed partial class TenantDisks
{
    // A disk that is smaller by no more than this part than what would be given now is given all the same.
    const int Tolerance = 16;

    readonly Lock _turn = new();
    Task<ReadyDisk?>? _ahead;
    bool _isOver;

    static string NewName() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    void KeepAhead()
    {
        if (_plan is not { Means: DiskMeans.LoopFile } plan || options.Disk.IsOff)
            return;
        lock (_turn)
        {
            if (!_isOver && _ahead is null or { IsCompletedSuccessfully: true, Result: null })
                _ahead = Task.Run(() => TryMakeAsync(plan));
        }
    }

    // Whoever needs one makes it, and says what is wrong.
    async Task<ReadyDisk?> TryMakeAsync(DiskPlan plan)
    {
        try
        {
            return await Disks(plan).MakeAsync(NewName(), Measure(plan), CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ContainerEngineException)
        {
            return null;
        }
    }

    // Null where none is kept that would do.
    async Task<ReadyDisk?> TakeAheadAsync(LoopDisks disks, long bytes)
    {
        Task<ReadyDisk?>? kept;
        lock (_turn)
            (kept, _ahead) = (_ahead, null);
        if (kept is null || await kept is not { } ready)
            return null;
        if (ready.Bytes <= bytes && ready.Bytes >= bytes - bytes / Tolerance && disks.Has(ready))
            return ready;
        disks.Drop(ready);
        return null;
    }

    void DropAhead()
    {
        Task<ReadyDisk?>? kept;
        lock (_turn)
            (kept, _ahead, _isOver) = (_ahead, null, true);
        if (kept is not null && kept.Wait(Patience) && kept.Result is { } ready && _plan is { } plan)
            Disks(plan).Drop(ready);
    }
}
