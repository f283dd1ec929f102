using ComputeMiner.Allocations;
using ComputeMiner.Containers;

namespace ComputeMiner.Notices;

/// <summary>
/// Keeps the renter's message and document current, and warns in every open terminal before the end. Whatever the tenant made of its
/// container, a failure here costs it a notice and nobody else anything.
/// </summary>
sealed partial class RentalNotices(
    IContainerEngine engine, Allocator allocator, ContainerOptions container, AllocationOptions options, string stateDirectory, TimeProvider time,
    ILogger<RentalNotices> logger) : BackgroundService
{
    // An engine that is away for a moment loses no warning; a container that cannot show one is not asked for ever.
    const int MostAttempts = 3;

    static readonly TimeSpan[] Before = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];

    readonly GivenWarnings _given = new(stateDirectory);
    volatile string? _told;
    int _attempts;

    /// <summary>The files for a container that is about to be handed over.</summary>
    public async Task<IReadOnlyList<DeliveredFile>> FilesForAsync(Allocation allocation)
    {
        try
        {
            var notice = await WriteAsync(allocation, CancellationToken.None);
            _told = Identity(allocation, notice);
            return notice.Files;
        }
        catch (ContainerEngineException fault)
        {
            Log.NotTold(logger, allocation.Id, fault.Message);
            return [];
        }
    }

    /// <summary>Tells what there is to tell now. Called on a period.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        if (allocator.Current.Allocation is not { IsAlive: true, ContainerId: { } id } held)
            return;
        try
        {
            var notice = await WriteAsync(held, cancellation);
            var identity = Identity(held, notice);
            if (identity != _told)
            {
                await engine.PublishAsync(id, notice.Files, cancellation);
                _told = identity;
            }
            if (held is { Kind: AllocationKind.Rental, State: AllocationState.Running } && Due(held) is { } before)
                await WarnAsync(held, id, before, cancellation);
        }
        catch (ContainerEngineException fault)
        {
            Log.NotTold(logger, held.Id, fault.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.TendInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RoundAsync(stoppingToken);
    }

    static string Identity(Allocation held, RentalNotice notice) => $"{held.Id} {notice.Identity}";

    async Task<RentalNotice> WriteAsync(Allocation held, CancellationToken cancellation) =>
        RentalNotice.Of(
            held with { Started = allocator.Clock.ToWall(held.Started), Expires = allocator.Clock.ToWall(held.Expires) },
            await engine.ReadLimitsAsync(cancellation), container, time.GetUtcNow());

    // Of warnings that are due together, as after a clock jump, only the last one is given.
    TimeSpan? Due(Allocation held)
    {
        var left = held.Expires - allocator.Clock.Now;
        if (left <= TimeSpan.Zero)
            return null;
        foreach (var before in Before)
        {
            if (left <= before && held.Expires - held.Started > before)
                return _given.Last(held.Id) is { } last && last <= before ? null : before;
        }
        return null;
    }

    async Task WarnAsync(Allocation held, string id, TimeSpan before, CancellationToken cancellation)
    {
        _attempts++;
        try
        {
            await engine.TellAsync(id, Warning(held), cancellation);
        }
        catch (ContainerEngineException) when (_attempts < MostAttempts)
        {
            throw;
        }
        catch (ContainerEngineException fault)
        {
            Log.NotTold(logger, held.Id, fault.Message);
        }
        _attempts = 0;
        _given.Add(held.Id, before);
        Log.Warned(logger, held.Id, TimeLeft.Words(before));
    }

    string Warning(Allocation held) =>
        $"\r\n\a*** This rental ends in {TimeLeft.Words(held.Expires - allocator.Clock.Now)}, at {allocator.Clock.ToWall(held.Expires).UtcDateTime:yyyy-MM-dd HH:mm} UTC.\r\n"
        + "*** Everything in this container is deleted then: copy out what you need.\r\n";

    static partial class Log
    {
        [LoggerMessage(6310, LogLevel.Debug, "The renter of allocation {Id} could not be told something: {Reason}")]
        public static partial void NotTold(ILogger logger, string id, string reason);

        [LoggerMessage(6311, LogLevel.Information, "The renter of allocation {Id} was warned {Before} before the end")]
        public static partial void Warned(ILogger logger, string id, string before);
    }
}
