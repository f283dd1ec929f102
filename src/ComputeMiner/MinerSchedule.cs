using ComputeMiner.Allocations;
using ComputeMiner.Registry;
using ComputeMiner.Releases;
using ComputeMiner.Schedule;
using ComputeMiner.Specs;
using ComputeMiner.Updates;

namespace ComputeMiner;

/// <summary>What the miner does every so many blocks of 12 s.</summary>
static class MinerSchedule
{
    /// <summary>A quarter of an hour: the reference's interval for all that looks at its own state.</summary>
    const ulong StatusInterval = 75;

    /// <summary>Half an hour.</summary>
    const ulong SpecsInterval = 150;

    const int FirstSpecsTries = 4;

    static readonly TimeSpan FirstSpecsPause = TimeSpan.FromSeconds(30);

    /// <summary>Six minutes: the reference's interval for the validators' versions.</summary>
    const ulong CensusInterval = 30;

    /// <summary>An hour.</summary>
    const ulong ReleaseInterval = 300;

    /// <summary>Our place on chain follows the heads; what asks a service that all miners ask has the phase of this one.</summary>
    public static IEnumerable<BlockJob> Of(
        BlockJob place, ulong phase, RegistryLink registry, Allocator allocator, SpecsSource specs, Task gpusKnown, ValidatorCensus census, UpdateCheck releases,
        TimeProvider time) =>
    [
        place,
        .. Shared(registry, allocator, specs, gpusKnown, census, releases, time).Select(job => job with { Phase = phase }),
    ];

    static IEnumerable<BlockJob> Shared(
        RegistryLink registry, Allocator allocator, SpecsSource specs, Task gpusKnown, ValidatorCensus census, UpdateCheck releases, TimeProvider time) =>
    [
        new("hardware document", SpecsInterval, TimeSpan.FromMinutes(5), async (_, cancellation) =>
        {
            // A document without the GPUs that are handed out would say that they are gone.
            await gpusKnown.WaitAsync(cancellation);
            for (var tries = 1; ; tries++)
            {
                await specs.RefreshAsync(cancellation);
                registry.Publisher.Touch();
                if (specs.Current is not null)
                    return specs.Status.Detail(time.GetUtcNow());
                // Without one no validator sees the machine.
                if (tries == FirstSpecsTries)
                    throw new JobFailedException(specs.Status.Detail(time.GetUtcNow()));
                await Task.Delay(FirstSpecsPause, time, cancellation);
            }
        }),
        new("chain data to the registry", StatusInterval, TimeSpan.FromMinutes(1), (_, cancellation) => registry.AddChainDataAsync(cancellation)),
        new("validators' word on the rental", StatusInterval, TimeSpan.FromMinutes(2), (_, cancellation) =>
        {
            var rental = allocator.Current.Allocation is { Kind: AllocationKind.Rental } held ? held : null;
            return registry.CompareAsync(rental?.Id, rental?.Hotkey, cancellation);
        }),
        new("versions of validators", CensusInterval, TimeSpan.FromMinutes(2), (_, cancellation) => census.RunAsync(cancellation)),
        new("newer version", ReleaseInterval, TimeSpan.FromMinutes(1), (_, cancellation) => releases.RunAsync(cancellation)),
    ];
}
