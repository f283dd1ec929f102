using ComputeMiner.Releases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Releases;

public sealed class FirstDayTests : IAsyncLifetime
{
    static readonly InstalledRelease Before = new("0.0.1", "digest", default);

    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    readonly RecordedLogs _logs = new();
    UpdateStore _store = null!;
    FirstDay _day = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new UpdateStore(_state);
        _store.Change(state => state with
        {
            Installed = new InstalledRelease(ProductVersion.Text, "digest", default),
            Watch = new ReleaseWatch(ProductVersion.Text, _time.GetUtcNow(), Before, QuickEnds: 2),
        });
        foreach (var name in (string[])[ProductVersion.Text, Before.Version, LedgerCopy.BeforeName])
            Directory.CreateDirectory(_store.PathOf(name));
        _day = new FirstDay(_store, _time, _logs.CreateLogger<FirstDay>());
        await _day.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _day.StopAsync(CancellationToken.None);
        _day.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Execute_RunsOn_ForgetsQuickEndsAndThenWhatRanBefore()
    {
        await UntilAsync(TimeSpan.FromMinutes(1), () => _store.State.Watch!.QuickEnds == 0);
        Assert.InRange(_time.GetUtcNow() - _store.State.Watch!.Since, ReleaseWatch.Quick, ReleaseWatch.Length);
        _store.Sweep();
        Assert.Equal([Before.Version, ProductVersion.Text, LedgerCopy.BeforeName, UpdateStore.FileName], Entries());

        await UntilAsync(TimeSpan.FromMinutes(30), () => _store.State.Watch is null && Entries().Length == 2);

        Assert.InRange(_time.GetUtcNow(), new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue);
        Assert.Equal([ProductVersion.Text, UpdateStore.FileName], Entries());
        Assert.Equal(ProductVersion.Text, new UpdateStore(_state).State.Installed!.Version);
        Assert.Equal(1, _logs.Count(6349));
    }

    [Fact]
    public async Task Execute_AnotherVersionIsWatched_LeavesItAlone()
    {
        _store.Change(state => state with { Installed = state.Installed! with { Version = "9.9.9" }, Watch = state.Watch! with { Version = "9.9.9" } });
        var end = _time.GetUtcNow().AddDays(3);

        await UntilAsync(TimeSpan.FromHours(2), () => _time.GetUtcNow() > end);

        Assert.Equal((2, Before), (_store.State.Watch!.QuickEnds, _store.State.Watch.Before));
    }

    string?[] Entries() => [.. Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    Task UntilAsync(TimeSpan step, Func<bool> isTrue) => Condition.UntilAsync(() =>
    {
        _time.Advance(step);
        return isTrue();
    });
}
