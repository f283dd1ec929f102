using Bittensor.Keys;
using ComputeMiner.Registry;
using DevNet;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Registry;

/// <summary>A registry and a miner's publisher on one virtual clock. Time moves only while a test waits for something to become true.</summary>
sealed class RegistryBench : IAsyncDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly Dictionary<string, string> _variables = new() { ["WANDB_API_KEY"] = DevRegistryAccount.Default.Key };

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The miner's own clock, which may be set.</summary>
    public WallClock Clock { get; }

    RegistryBench() => Clock = new WallClock(Time);

    public static Keypair Miner { get; } = Keypair.FromUri("//Miner");

    public DevRegistry Registry { get; private set; } = null!;

    public RegistryPublisher Publisher { get; private set; } = null!;

    public RegistryFacts Facts { get; set; } = new(27, 4444, 190, null, null);

    public RegistrySettings Settings { get; private set; } = null!;

    public RecordedLogs Logs { get; } = new();

    public RegistryKeySources Keys => new(_variables.GetValueOrDefault, _directory, _directory);

    public string StateDirectory => _directory;

    public RegistryAccess Access { get; private set; } = null!;

    public bool MayFailToWrite { get; set; }

    public string StatePath => Path.Combine(_directory, RegistryStateFile.FileName);

    public static async Task<RegistryBench> StartAsync(DevRegistryOptions? options = null)
    {
        var bench = new RegistryBench();
        bench.Registry = await DevRegistry.StartAsync(new DevRegistryOptions
        {
            Time = bench.Time,
            Accounts = options?.Accounts ?? [DevRegistryAccount.Default],
            RateLimit = options?.RateLimit,
        });
        bench.Settings = new RegistrySettings { Url = bench.Registry.Endpoint };
        bench.Access = new RegistryAccess(bench.Settings, bench.Keys, bench.Clock);
        return bench;
    }

    public void UseKey(string? key)
    {
        _variables.Remove("WANDB_API_KEY");
        if (key is not null)
            _variables["WANDB_API_KEY"] = key;
    }

    /// <summary>Starts the publisher as the miner does, with what an earlier one left behind.</summary>
    public async Task StartMinerAsync()
    {
        var outbox = new RegistryOutbox(new RegistryStateFile(_directory, Miner.Hotkey), reason => Assert.True(MayFailToWrite, reason));
        Publisher = new RegistryPublisher(Access, Miner, () => Facts, outbox, Clock, new Logger<RegistryPublisher>(Logs));
        await Publisher.StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopMinerAsync()
    {
        await Publisher.StopAsync(TestContext.Current.CancellationToken);
        Publisher.Dispose();
    }

    public Task PublishedAsync() => UntilAsync(() => Publisher.Current.Stage == RegistryStage.Published);

    /// <summary>Lets a second pass for each real millisecond until something holds: requests are real and take a few of them.</summary>
    public async Task UntilAsync(Func<bool> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!holds())
        {
            await timer.WaitForNextTickAsync(patience.Token);
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    public int Count(DevRegistryOperation operation) => Registry.Requests.Count(request => request.Operation == operation);

    public async ValueTask DisposeAsync()
    {
        if (Publisher is not null)
            await StopMinerAsync();
        await Registry.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
