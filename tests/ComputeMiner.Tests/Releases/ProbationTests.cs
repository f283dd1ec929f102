using ComputeMiner.Allocations;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Allocations;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Releases;

public sealed class ProbationTests : IAsyncLifetime
{
    static readonly TrialRelease Trial = new("2.1.0", "digest", "2.0.0", Attempts: 1);

    readonly SimulatedMachine _machine = new();
    readonly RecordedLogs _logs = new();
    UpdateStore _store = null!;
    Probation _probation = null!;
    bool _isReady;
    int _looks;

    public async ValueTask InitializeAsync()
    {
        await _machine.ReadyAsync();
        _store = new UpdateStore(_machine.StateDirectory);
        _store.Change(state => state with { Trial = Trial, Installed = new("2.0.0", "its digest", default), Failed = [new("2.1.0", "before", default)] });
        Assert.True(_machine.Allocator.TryClose());
        _probation = new Probation(_store, Trial, _machine.Allocator, () =>
        {
            _looks++;
            return _isReady;
        }, _machine.Time, _logs.CreateLogger<Probation>());
        await _probation.StartAsync(TestContext.Current.CancellationToken);
        // It is started by the pool, and its timer counts from then.
        await Condition.UntilAsync(() =>
        {
            _machine.Time.Advance(TimeSpan.FromMilliseconds(500));
            return _looks > 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _probation.StopAsync(CancellationToken.None);
        _probation.Dispose();
        await _machine.DisposeAsync();
    }

    [Fact]
    public async Task Execute_ReadyWithoutABreak_IsGoodAndTheMachineOpen()
    {
        _store.NoteStopping(_machine.Time.GetUtcNow());
        _machine.Time.Advance(TimeSpan.FromSeconds(1.5));
        _store.NoteListening(_machine.Time.GetUtcNow());
        _isReady = true;
        await LooksAsync(15);
        // A break begins it anew.
        _isReady = false;
        await LooksAsync(2);
        _isReady = true;
        await LooksAsync(15);
        Assert.Equal((Trial with { ListeningAt = _store.State.Trial!.ListeningAt }, false), (_store.State.Trial, _machine.Allocator.IsFree));

        await Condition.UntilAsync(() =>
        {
            _machine.Time.Advance(TimeSpan.FromMilliseconds(500));
            return _machine.Allocator.IsFree;
        });

        var state = new UpdateStore(_machine.StateDirectory).State;
        Assert.Equal(("2.1.0", "digest", "release 2.1.0 is installed", 1.5), (state.Installed!.Version, state.Installed.Digest, state.Result, state.AwaySeconds));
        Assert.Equal(new ReleaseWatch("2.1.0", state.Installed.At, new InstalledRelease("2.0.0", "its digest", default)), state.Watch);
        Assert.Equal((null, null, 0), (state.Trial, state.StoppedAt, state.Failed.Count));
        Assert.Single(_logs.Lines, line => line.Text == "Version 2.1.0 is installed. The axon was away for 1.5 s.");
    }

    [Fact]
    public async Task Execute_NeverReady_StaysClosed()
    {
        await LooksAsync(60);

        Assert.Equal((Trial, "2.0.0", null, false), (_store.State.Trial, _store.State.Installed!.Version, _store.State.Watch, _machine.Allocator.IsFree));
        var refused = await _machine.Allocator.AllocateAsync(Renter.Alice.Asks(AllocationKind.Rental), TestContext.Current.CancellationToken);
        Assert.Equal(AllocationRefusal.Updating, refused.Refusal);
    }

    /// <summary>One look per half second of the clock.</summary>
    async Task LooksAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var before = _looks;
            _machine.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Condition.UntilAsync(() => _looks > before);
        }
    }
}
