namespace ComputeMiner.Containers.Disks;

/// <content>Whether what was given still holds.</content>
sealed partial class TenantDisks
{
    /// <summary>Looks whether the host still has what was promised: others write there too. And whether tenants can write.</summary>
    public void Look()
    {
        if (_plan is not { Means: DiskMeans.LoopFile } plan || options.Disk.IsOff || !engine.CanReachFiles)
            return;
        try
        {
            var found = FindLack(Disks(plan), plan);
            if (found is { } state && _lack is null)
                Log.Incomplete(logger, $"{state.Detail}. What to do: {state.Remedy}");
            _lack = found;
        }
        catch (Exception fault) when (fault is IOException or ContainerEngineException)
        {
            // Looked at again soon.
        }
    }

    SafeguardState? FindLack(LoopDisks disks, DiskPlan plan)
    {
        var lacks = disks.Promised() - new DriveInfo(disks.Here(plan.Directory)).AvailableFreeSpace;
        if (lacks > 0)
            return Lack(
                $"the file system under it lacks {DiskSize.Words(lacks)} of what was promised, so that a tenant who writes it all gets errors",
                "free some of it, or set a smaller --container.disk");
        return disks.AnyReadOnly()
            ? Lack("nothing can be written to a tenant's disk any more: the file system under it had no room, or an error",
                "make room under it, then `docker stop` the tenant's container: the miner mounts the disk anew and starts it")
            : null;
    }

    SafeguardState Lack(string but, string remedy) => new(DiskPlan.Title, false, $"{_current.Detail}; but {but}", remedy);

    // The next container goes without, until the image is prepared again.
    void Degrade(DiskPlan plan, ContainerEngineException fault)
    {
        _plan = plan with { Means = DiskMeans.None, Detail = fault.Message };
        Refuse(_plan);
    }

    void Refuse(DiskPlan plan)
    {
        Bytes = null;
        var state = plan.Describe(0);
        if (options.Disk.Bytes is not null)
        {
            _current = state;
            throw new ContainerEngineException(
                $"Nothing on this host holds a tenant to the size of --container.disk: {plan.Detail}. To mend it, {DiskPlan.Remedy}; or set --container.disk auto or off.");
        }
        if (_current != state)
            Log.None(logger, plan.Detail);
        _current = state;
    }

    void Tell(SafeguardState state)
    {
        if (_current.Ok != state.Ok || _current.Detail != state.Detail)
        {
            if (state.Ok)
                Log.InForce(logger, state.Detail);
            else
                Log.Incomplete(logger, state.Detail);
        }
        _current = state;
    }

    static partial class Log
    {
        [LoggerMessage(3400, LogLevel.Information, "Disk quota: {Detail}")]
        public static partial void InForce(ILogger logger, string detail);

        [LoggerMessage(3401, LogLevel.Warning, "No disk quota, a tenant can fill the file system of Docker's data: {Reason}")]
        public static partial void None(ILogger logger, string reason);

        [LoggerMessage(3402, LogLevel.Warning, "Disk quota: {Detail}")]
        public static partial void Incomplete(ILogger logger, string detail);
    }
}
