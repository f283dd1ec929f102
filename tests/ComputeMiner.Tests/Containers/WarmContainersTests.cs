using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

public sealed class WarmContainersTests : IAsyncDisposable
{
    readonly ContainerOptions _options = new();
    readonly SimulatedEngine _engine = new(TimeProvider.System);
    readonly WarmContainers _warm;

    public WarmContainersTests() => _warm = new WarmContainers(_engine, _options, NullLogger<WarmContainers>.Instance);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _warm.DisposeAsync();

    [Fact]
    public async Task CreateAsync_OneAhead_GivesItWithNameAndLabels()
    {
        var spare = await PreparedAsync();
        Assert.Empty(await _warm.ListAsync(Cancellation));
        var wanted = Spec();

        var id = await _warm.CreateAsync(wanted, Cancellation);

        Assert.Equal(spare, id);
        Assert.Equal(new ContainerRecord(id, wanted.Name, ContainerState.Running, wanted.Labels), Assert.Single(await _warm.ListAsync(Cancellation)));
        Assert.False(_warm.IsReady);
    }

    [Fact]
    public async Task CreateAsync_NoneAhead_MakesOne()
    {
        var id = await _warm.CreateAsync(Spec(), Cancellation);

        Assert.Equal((id, ContainerState.Created), Assert.Single((await _warm.ListAsync(Cancellation)).Select(each => (each.Id, each.State))));
    }

    [Fact]
    public async Task CreateAsync_OneUnderWay_WaitsForItInsteadOfASecond()
    {
        await _warm.PrepareImageAsync(null, Cancellation);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _engine.Intercept = async request =>
        {
            if (request != nameof(IContainerEngine.StartAsync))
                return;
            reached.TrySetResult();
            await go.Task;
        };
        var making = _warm.PrepareAsync(() => true);
        await reached.Task;

        var creating = _warm.CreateAsync(Spec(), Cancellation);
        Assert.False(creating.IsCompleted);
        go.SetResult();

        Assert.True(await making);
        Assert.Equal(await creating, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    [Theory]
    [InlineData("port")]
    [InlineData("image")]
    [InlineData("gpus")]
    [InlineData("died")]
    public async Task CreateAsync_OneAheadThatDoesNotFit_MakesAnotherAndLeavesNothing(string change)
    {
        var spare = await PreparedAsync();
        if (change == "gpus")
            _options.Gpus = ["GPU-1"];
        if (change == "died")
            _engine.Crash(spare);
        var wanted = Spec() with { SshPort = change == "port" ? 5555 : _options.SshPort, Image = change == "image" ? "other" : "simulated" };

        var id = await _warm.CreateAsync(wanted, Cancellation);

        Assert.NotEqual(spare, id);
        Assert.Equal(new ContainerRecord(id, wanted.Name, ContainerState.Created, wanted.Labels), Assert.Single(await _engine.ListAsync(Cancellation)));
    }

    [Fact]
    public async Task CreateAsync_EngineWasAwayWhenTheSpareWasToGo_RemovesItBeforeTheNext()
    {
        await PreparedAsync();
        _engine.Intercept = _ => throw new ContainerEngineUnavailableException(EngineFault.Unreachable, "away");
        await Assert.ThrowsAsync<ContainerEngineUnavailableException>(() => _warm.CreateAsync(Spec(), Cancellation));
        _engine.Intercept = null;

        var id = await _warm.CreateAsync(Spec(), Cancellation);
        await _warm.StartAsync(id, Cancellation);

        Assert.Equal(id, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task PrepareAsync_NotWanted_MakesNone()
    {
        await _warm.PrepareImageAsync(null, Cancellation);

        Assert.True(await _warm.PrepareAsync(() => false));

        Assert.Empty(await _engine.ListAsync(Cancellation));
    }

    [Fact]
    public async Task PrepareAsync_OneThere_KeepsIt()
    {
        var spare = await PreparedAsync();

        Assert.True(await _warm.PrepareAsync(() => true));
        await _warm.CheckAsync(Cancellation);

        Assert.Equal(spare, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    [Theory]
    [InlineData(nameof(IContainerEngine.CreateAsync))]
    [InlineData(nameof(IContainerEngine.StartAsync))]
    public async Task PrepareAsync_EngineFails_LeavesNothingAndTheNextOneComes(string request)
    {
        await _warm.PrepareImageAsync(null, Cancellation);
        _engine.Intercept = name => name == request ? throw new ContainerEngineException("no") : Task.CompletedTask;
        Assert.False(await _warm.PrepareAsync(() => true));
        Assert.Empty(await _engine.ListAsync(Cancellation));

        _engine.Intercept = null;
        Assert.True(await _warm.PrepareAsync(() => true));

        Assert.True(_warm.IsReady);
    }

    [Fact]
    public async Task CheckAsync_Died_IsRemovedAndReplaced()
    {
        var spare = await PreparedAsync();
        _engine.Crash(spare);

        await _warm.CheckAsync(Cancellation);
        Assert.Empty(await _engine.ListAsync(Cancellation));
        await _warm.PrepareAsync(() => true);

        Assert.NotEqual(spare, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    /// <summary>An earlier process was killed: what it kept ahead is nobody's, is listed as such, and makes way.</summary>
    [Fact]
    public async Task PrepareAsync_LeftByAnEarlierProcess_IsReplaced()
    {
        var left = await PreparedAsync();
        await using var next = new WarmContainers(_engine, _options, NullLogger<WarmContainers>.Instance);
        Assert.Equal(left, Assert.Single(await next.ListAsync(Cancellation)).Id);

        await next.PrepareImageAsync(null, Cancellation);
        Assert.True(await next.PrepareAsync(() => true));

        Assert.NotEqual(left, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task DisposeAsync_OneAhead_IsRemovedAndATakenOneStays()
    {
        await PreparedAsync();
        var taken = await _warm.CreateAsync(Spec(), Cancellation);
        await _warm.DisposeAsync();
        Assert.Equal(taken, Assert.Single(await _engine.ListAsync(Cancellation)).Id);

        await _engine.RemoveAsync(taken, Cancellation);
        await PreparedAsync();
        await _warm.DisposeAsync();

        Assert.Empty(await _engine.ListAsync(Cancellation));
    }

    [Fact]
    public async Task DropAsync_TakenMeanwhile_WaitsUntilThePortIsFree()
    {
        await PreparedAsync();
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _engine.Intercept = async request =>
        {
            if (request != nameof(IContainerEngine.RemoveAsync))
                return;
            reached.TrySetResult();
            await go.Task;
        };
        var dropping = _warm.DropAsync();
        await reached.Task;

        var creating = _warm.CreateAsync(Spec(), Cancellation);
        Assert.False(creating.IsCompleted);
        go.SetResult();
        await dropping;

        Assert.Equal(await creating, Assert.Single(await _engine.ListAsync(Cancellation)).Id);
    }

    async Task<string> PreparedAsync()
    {
        await _warm.PrepareImageAsync(null, Cancellation);
        Assert.True(await _warm.PrepareAsync(() => true));
        Assert.True(_warm.IsReady);
        return Assert.Single(await _engine.ListAsync(Cancellation)).Id;
    }

    ContainerSpec Spec() => new(
        _options.RentalName, "simulated", _options.SshPort,
        new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
}
