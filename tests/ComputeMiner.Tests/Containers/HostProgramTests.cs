using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public sealed class HostProgramTests : IDisposable
{
    readonly TemporaryDirectory _there = new();

    public void Dispose() => _there.Dispose();

    /// <summary>What mends a renter's file system writes down what it has done before it ends.</summary>
    [Fact]
    public async Task RunAsync_SlowOneIsCancelled_MayFinishWhatItBegan()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var (begun, done) = (_there.At("begun"), _there.At("done"));
        var running = HostProgram.RunAsync(
            "bash", ["-c", $"trap 'echo whole > {done}; exit 0' TERM; echo > {begun}; while :; do sleep 0.05; done"], "", TimeProvider.System, stop.Token, TimeSpan.FromHours(1));
        await Condition.UntilAsync(() => File.Exists(begun));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("whole\n", await File.ReadAllTextAsync(done, TestContext.Current.CancellationToken));
    }
}
