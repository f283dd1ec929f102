using ComputeMiner.Gpus;
using ComputeMiner.Specs;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Specs;

/// <summary>What hangs is left behind, once; what fails says why; what stops us stops us.</summary>
public sealed class PartProbeTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    readonly FakeTimeProvider _time = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskAsync_HangsAndHeedsNothing_IsLeftBehindAndNotAskedAgain()
    {
        var part = new PartProbe("gpu", Patience, _time);
        var driver = new TaskCompletionSource<string>();
        var asked = 0;
        Task<string> AskDriver(CancellationToken cancellation)
        {
            Interlocked.Increment(ref asked);
            return driver.Task;
        }

        var first = part.AskAsync(AskDriver, Cancellation);
        await Condition.UntilAsync(() => Volatile.Read(ref asked) == 1);
        _time.Advance(Patience);
        Assert.Equal((null, new KeptPart("gpu", "no answer within 25 s")), await first);
        Assert.Equal((null, new KeptPart("gpu", "the probe before still hangs")), await part.AskAsync(AskDriver, Cancellation));
        Assert.Equal(1, asked);

        driver.SetResult("eight");
        string? answer;
        while ((answer = (await part.AskAsync(AskDriver, Cancellation)).Value) is null)
            await Task.Yield();
        Assert.Equal("eight", answer);
    }

    [Fact]
    public async Task AskAsync_Fails_SaysWhy()
    {
        var part = new PartProbe("gpu", Patience, _time);

        Assert.Equal((null, new KeptPart("gpu", "The driver is lost.")),
            await part.AskAsync<string>(_ => throw new GpuReadException("The driver is lost."), Cancellation));
        Assert.Equal(("eight", null), await part.AskAsync(_ => Task.FromResult("eight"), Cancellation));
    }

    [Fact]
    public async Task AskAsync_WeStop_IsNoFaultOfThePart()
    {
        using var stop = new CancellationTokenSource();
        var part = new PartProbe("gpu", Patience, _time);
        var asking = part.AskAsync(_ => new TaskCompletionSource<string>().Task, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }
}
