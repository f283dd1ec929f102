using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;
using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

/// <summary>What the validators' runs say, held against who has the machine.</summary>
public sealed class RegistryLinkTests : IAsyncLifetime
{
    const int Forgotten = 6202;

    static readonly Keypair Alice = Keypair.FromUri("//Alice");

    readonly MetagraphSource _metagraphs = new();
    RegistryBench _bench = null!;
    RegistryLink _link = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await RegistryBench.StartAsync();
        _metagraphs.Current = new Metagraph(
            new Netuid(27), 1, _bench.Time.GetUtcNow(), [new Neuron { Uid = new Uid(0), Hotkey = Alice.Hotkey, Stake = 20_000 }]);
        _link = new RegistryLink(
            _bench.Settings, _bench.Keys, _bench.StateDirectory, RegistryBench.Miner, () => _bench.Facts, _metagraphs, _bench.Clock, _bench.Logs);
    }

    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        await _bench.DisposeAsync();
    }

    /// <summary>A machine was free, and read as such, before any rental: that must not hide that this rental was never listed.</summary>
    [Fact]
    public async Task Compare_OfARentalThatIsNeverListed_IsSaidOnceAfterHalfAnHour()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27);
        await CompareAsync(null, 4);
        var early = await CompareAsync("rental", 2);
        var late = await CompareAsync("rental", 3);

        Assert.DoesNotContain("goes on", early, StringComparison.Ordinal);
        Assert.StartsWith("no validator has listed rental rental since", late, StringComparison.Ordinal);
        Assert.Equal(1, _bench.Logs.Count(Forgotten));
    }

    [Fact]
    public async Task Compare_OverAnOutage_SaysNothingOfTheRental()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27);
        await CompareAsync("rental", 2);
        await _bench.Registry.StopListeningAsync();
        await CompareAsync("rental", 8);

        Assert.Equal(0, _bench.Logs.Count(Forgotten));
        Assert.Equal(AllocationVerdict.Unknown, _link.Reading.Verdict);
    }

    [Fact]
    public async Task Compare_OfAFreeMachineThatIsListed_IsSaid()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27, RegistryBench.Miner.Hotkey);

        Assert.EndsWith("although nobody has the machine", await CompareAsync(null, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_OfAListedRental_NamesTheValidator()
    {
        _bench.Registry.PutValidator(Alice, "alice001", 27, RegistryBench.Miner.Hotkey);

        Assert.Equal($"listed by {Alice.Hotkey}", await CompareAsync("rental", 5));
        Assert.Equal(0, _bench.Logs.Count(Forgotten));
    }

    async Task<string> CompareAsync(string? rental, int times)
    {
        var said = "";
        for (var i = 0; i < times; i++)
        {
            _bench.Time.Advance(TimeSpan.FromMinutes(15));
            said = await _link.CompareAsync(rental, Alice.Hotkey, TestContext.Current.CancellationToken);
        }
        return said;
    }
}
