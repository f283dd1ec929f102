using Bittensor.Compute;
using Bittensor.Tests.Keys;

namespace Bittensor.Tests.Axon;

/// <summary>An axon that is stopped or killed and started again on the same file. A kill is a start while the earlier one still holds its state.</summary>
public sealed class NonceKeeperTests : IDisposable
{
    const string Future = "Not Verified with error: Nonce is in the future: compare the clocks";

    readonly TemporaryDirectory _directory = new();

    string File => Path.Combine(_directory.Path, "nonces");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(-3.0)]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(9.9)]
    public async Task Kill_RightAfterARequest_ItsReplayIsRefusedForEver(double callerAhead)
    {
        await using var killed = await StartAsync();
        killed.Time.Advance(TimeSpan.FromSeconds(5));
        var request = RequestOf(killed, callerAhead);
        Assert.Equal(200, (await killed.ExchangeAsync(request)).Status);

        await using var next = await StartAsync(from: killed.Time.GetUtcNow());

        for (var seconds = 0; seconds < 30; seconds++)
        {
            Assert.Equal(401, (await next.ExchangeAsync(request)).Status);
            next.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(next.Handled);
    }

    [Fact]
    public async Task Kill_CallerWithAGoodClock_IsLetInAtOnceAfterwards()
    {
        await using var killed = await StartAsync();
        killed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await killed.ExchangeAsync(RequestOf(killed, 8))).Status);

        await using var next = await StartAsync(from: killed.Time.GetUtcNow());
        next.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(401, (await next.ExchangeAsync(RequestOf(next, 8))).Status);
        Assert.Equal(200, (await next.ExchangeAsync(next.SignedBy(TestAxon.Other))).Status);
        // Whoever was ahead is back as soon as his clock has passed the reserve.
        next.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await next.ExchangeAsync(RequestOf(next, 8))).Status);
    }

    /// <summary>A clock that was set back is an alarm, and there is nothing to be behind of.</summary>
    [Fact]
    public async Task Start_TheFirstTimeAndTheNext_RaisesNoAlarm()
    {
        await using (var first = await StartAsync())
        {
            Assert.DoesNotContain(first.Logs.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
            first.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(200, (await first.ExchangeAsync(RequestOf(first, 0))).Status);
        }
        await using var next = await StartAsync(from: DateTimeOffset.UtcNow.AddDays(1));
        Assert.DoesNotContain(next.Logs.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task Clock_SetBackAfterAKill_NothingOfBeforeGetsIn()
    {
        await using var killed = await StartAsync();
        killed.Time.Advance(TimeSpan.FromMinutes(5));
        var request = RequestOf(killed, 0);
        Assert.Equal(200, (await killed.ExchangeAsync(request)).Status);
        killed.Time.Advance(TimeSpan.FromSeconds(2));
        await Condition.UntilAsync(() => System.IO.File.Exists(File));

        await using var next = await StartAsync(from: TestAxon.VectorTime);
        next.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));

        Assert.Equal(401, (await next.ExchangeAsync(request)).Status);
        next.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(401, (await next.ExchangeAsync(request)).Status);
        Assert.Contains(next.Logs.Lines, line => line.Text.Contains("behind the last run's", StringComparison.Ordinal));
        next.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await next.ExchangeAsync(RequestOf(next, 0))).Status);
    }

    /// <summary>
    /// Killed before the clock was ever flushed, and started again with a clock set back: the one moment that neither clock covers.
    /// </summary>
    [Theory]
    [InlineData(-3.0)]
    [InlineData(0.0)]
    public async Task Clock_SetBackAfterAKillBeforeTheFirstFlush_TheReplayIsRefusedAndOthersAreNot(double callerAhead)
    {
        await using var killed = await StartAsync();
        killed.Time.Advance(TimeSpan.FromMinutes(5));
        var request = RequestOf(killed, callerAhead);
        killed.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (await killed.ExchangeAsync(request)).Status);
        Assert.False(System.IO.File.Exists(File));

        await using var next = await StartAsync(from: TestAxon.VectorTime);
        next.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1));

        Assert.Equal(401, (await next.ExchangeAsync(request)).Status);
        Assert.Contains(next.Logs.Lines, line => line.Text.Contains("behind the last run's", StringComparison.Ordinal));
        next.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(200, (await next.ExchangeAsync(RequestOf(next, 0))).Status);
    }

    [Fact]
    public async Task Start_FirstOneEver_WarnsOfNothing()
    {
        await using var axon = await StartAsync();
        axon.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 0))).Status);
        Assert.DoesNotContain(axon.Logs.Lines, line => line.Level > Microsoft.Extensions.Logging.LogLevel.Information);
    }

    [Fact]
    public async Task Stop_InOrder_NobodyWaitsAfterwards()
    {
        await using (var stopped = await StartAsync())
        {
            stopped.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(200, (await stopped.ExchangeAsync(RequestOf(stopped, 0))).Status);
        }

        await using var next = await StartAsync(from: TestAxon.VectorTime + TimeSpan.FromSeconds(1));
        next.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(200, (await next.ExchangeAsync(RequestOf(next, 0))).Status);
        Assert.DoesNotContain(next.Logs.Lines, line => line.Text.Contains("behind the last run's", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("not a mark at all")]
    [InlineData("short")]
    public async Task Start_MarkDamaged_OnlyWhatCannotHaveBeenAcceptedGetsIn(string content)
    {
        await System.IO.File.WriteAllTextAsync(File + ".mark", content, TestContext.Current.CancellationToken);
        await using var axon = await StartAsync();

        Assert.Equal(401, (await axon.ExchangeAsync(RequestOf(axon, 9.9))).Status);
        axon.Time.Advance(TimeSpan.FromSeconds(10.1));
        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 0))).Status);
        Assert.Contains(axon.Logs.Lines, line => line.Text.Contains("nonces.mark cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mark_CannotBeOpened_RequestsAreWrittenDownOnTheirOwn()
    {
        Directory.CreateDirectory(File + ".mark");
        await using var killed = await StartAsync();
        killed.Time.Advance(TimeSpan.FromSeconds(1));
        var request = RequestOf(killed, 0);
        Assert.Equal(200, (await killed.ExchangeAsync(request)).Status);
        Assert.True(System.IO.File.Exists(File));
        Assert.Contains(killed.Logs.Lines, line => line.Text.Contains("cannot be marked", StringComparison.Ordinal));

        await using var next = await StartAsync(from: TestAxon.VectorTime);
        next.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(401, (await next.ExchangeAsync(request)).Status);
    }

    [Fact]
    public async Task Start_FileDamaged_OnlyWhatCannotHaveBeenAcceptedGetsIn()
    {
        await System.IO.File.WriteAllTextAsync(File, "not nonces", TestContext.Current.CancellationToken);
        await using var axon = await StartAsync();

        Assert.Equal(401, (await axon.ExchangeAsync(RequestOf(axon, 9.9))).Status);
        axon.Time.Advance(TimeSpan.FromSeconds(10.1));
        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 0))).Status);
        Assert.Contains(axon.Logs.Lines, line => line.Text.Contains("cannot be read: It is not a file of nonces.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_Fails_CallersAheadAreRefusedAndTheOthersAreNot()
    {
        await using var axon = await StartAsync();
        axon.Time.Advance(TimeSpan.FromSeconds(1));
        // A directory stands where the new file would be written.
        Directory.CreateDirectory(File + ".new");

        var refused = await axon.ExchangeAsync(RequestOf(axon, 1));
        var served = await axon.ExchangeAsync(axon.SignedBy(TestAxon.Other));

        Assert.Equal((401, Future), (refused.Status, refused.Headers.Single(h => h.Key == "bt_header_axon_status_message").Value));
        Assert.Equal(200, served.Status);
        Directory.Delete(File + ".new");
        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 2))).Status);
    }

    [Fact]
    public async Task Commit_CallerAheadSendsMany_AWriteForEachReserveOnly()
    {
        await using var axon = await StartAsync();
        axon.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 1))).Status);
        var written = System.IO.File.GetLastWriteTimeUtc(File);
        for (var i = 1; i < 100; i++)
            Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 1 + (i * 0.01)))).Status);

        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));
        Assert.Equal(200, (await axon.ExchangeAsync(RequestOf(axon, 2.1))).Status);
        Assert.NotEqual(written, System.IO.File.GetLastWriteTimeUtc(File));
    }

    Task<TestAxon> StartAsync(DateTimeOffset? from = null) => TestAxon.StartAsync(options => options.NonceFile = File, from);

    /// <summary>A check of a caller whose clock is ahead of the axon's.</summary>
    static string RequestOf(TestAxon axon, double ahead)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(axon.Time.GetUtcNow() + TimeSpan.FromSeconds(ahead));
        using var dendrite = new Bittensor.Dendrite.DendriteClient(TestAxon.Validator, new(), clock);
        return dendrite.Build(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15)).ToWire();
    }
}
