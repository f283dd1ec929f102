using System.Text;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

/// <summary>What every engine keeps. Run on Docker and on the simulation.</summary>
public abstract class ContainerEngineContract
{
    readonly TimeSpan _shortly = TimeSpan.FromMilliseconds(300);

    private protected abstract IContainerEngine Engine { get; }

    private protected abstract string Image { get; }

    private protected abstract ushort Port { get; }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateAsync_Container_IsListedWithItsLabelsAndNotStarted()
    {
        var spec = Spec("create");
        var id = await Engine.CreateAsync(spec, Cancellation);

        var record = Assert.Single(await Engine.ListAsync(Cancellation));

        Assert.Equal(new ContainerRecord(id, spec.Name, ContainerState.Created, spec.Labels), record);
        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task AssignAsync_RunningSpare_HasNameAndLabelsAndNobodyGetsInBefore()
    {
        var id = await Engine.CreateAsync(Spec("spare") with { Labels = ContainerLabels.Spare }, Cancellation);
        await Engine.StartAsync(id, Cancellation);
        Assert.Equal(ContainerLabels.Spare, Assert.Single(await Engine.ListAsync(Cancellation)).Labels);
        using (var limit = new CancellationTokenSource(_shortly))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.WaitForSshAsync(id, Port, limit.Token));
        var wanted = Spec("assigned");

        await Engine.AssignAsync(id, wanted.Name, wanted.Labels, Cancellation);
        await Engine.DeliverAsync(id, AccessFiles(), Cancellation);

        Assert.StartsWith("SSH-2.0-", await Engine.WaitForSshAsync(id, Port, Cancellation), StringComparison.Ordinal);
        Assert.Equal(
            new ContainerRecord(id, wanted.Name, ContainerState.Running, wanted.Labels), Assert.Single(await Engine.ListAsync(Cancellation)));
        await Engine.RemoveAsync(id, Cancellation);
        Assert.Empty(await Engine.ListAsync(Cancellation));
    }

    [Fact]
    public async Task AssignAsync_SpareThatDoesNotRun_Throws()
    {
        var id = await Engine.CreateAsync(Spec("spare") with { Labels = ContainerLabels.Spare }, Cancellation);
        var wanted = Spec("assigned");

        await Assert.ThrowsAsync<ContainerEngineException>(() => Engine.AssignAsync(id, wanted.Name, wanted.Labels, Cancellation));

        Assert.Equal(ContainerLabels.Spare, Assert.Single(await Engine.ListAsync(Cancellation)).Labels);
        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task CreateAsync_NameOfOneThatWasStarted_ThrowsAndItGoesOn()
    {
        var id = await StartedAsync("taken");

        await Assert.ThrowsAsync<ContainerEngineException>(() => Engine.CreateAsync(Spec("taken"), Cancellation));

        Assert.StartsWith("SSH-2.0-", await Engine.WaitForSshAsync(id, Port, Cancellation), StringComparison.Ordinal);
        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task CreateAsync_NameOfOneNeverStarted_TakesItsPlace()
    {
        var left = await Engine.CreateAsync(Spec("left"), Cancellation);

        var id = await Engine.CreateAsync(Spec("left"), Cancellation);

        Assert.NotEqual(left, id);
        Assert.Equal(id, Assert.Single(await Engine.ListAsync(Cancellation)).Id);
        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task StartAsync_PortTaken_ThrowsAndTheFirstGoesOn()
    {
        var first = await StartedAsync("first");
        var second = await Engine.CreateAsync(Spec("second"), Cancellation);

        await Assert.ThrowsAsync<ContainerStartException>(() => Engine.StartAsync(second, Cancellation));

        Assert.StartsWith("SSH-2.0-", await Engine.WaitForSshAsync(first, Port, Cancellation), StringComparison.Ordinal);
        await Engine.RemoveAsync(second, Cancellation);
        await Engine.RemoveAsync(first, Cancellation);
    }

    [Fact]
    public async Task Lifecycle_PauseResumeRestart_FollowsInStateAndGreeting()
    {
        var id = await StartedAsync("life");
        Assert.Equal(ContainerState.Running, await StateAsync(id));

        await Engine.PauseAsync(id, Cancellation);
        await Engine.PauseAsync(id, Cancellation);
        Assert.Equal(ContainerState.Paused, await StateAsync(id));
        using (var limit = new CancellationTokenSource(_shortly))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.WaitForSshAsync(id, Port, limit.Token));

        await Engine.ResumeAsync(id, Cancellation);
        await Engine.ResumeAsync(id, Cancellation);
        await Engine.WaitForSshAsync(id, Port, Cancellation);
        Assert.Equal(ContainerState.Running, await StateAsync(id));

        await Engine.ReplaceFileAsync(id, DeliveredFile.Text("/root/kept", "kept", DeliveredFile.Private), Cancellation);
        await Engine.PauseAsync(id, Cancellation);
        await Engine.RestartAsync(id, Cancellation);
        await Engine.WaitForSshAsync(id, Port, Cancellation);
        Assert.Equal("kept", Encoding.UTF8.GetString((await Engine.ReadFileAsync(id, "/root/kept", Cancellation))!));

        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task ReplaceFileAsync_AnyState_IsReadBack()
    {
        var id = await StartedAsync("files");
        Assert.Null(await Engine.ReadFileAsync(id, "/root/.ssh/nothing", Cancellation));

        await Engine.ReplaceFileAsync(id, DeliveredFile.Text("/root/.ssh/file", "one", DeliveredFile.Private), Cancellation);
        await Engine.PauseAsync(id, Cancellation);
        await Engine.ReplaceFileAsync(id, DeliveredFile.Text("/root/.ssh/file", "two", DeliveredFile.Private), Cancellation);

        Assert.Equal("two", Encoding.UTF8.GetString((await Engine.ReadFileAsync(id, "/root/.ssh/file", Cancellation))!));
        await Engine.RemoveAsync(id, Cancellation);
    }

    [Fact]
    public async Task RemoveAsync_Paused_IsGone()
    {
        var id = await StartedAsync("paused");
        await Engine.PauseAsync(id, Cancellation);

        await Engine.RemoveAsync(id, Cancellation);

        Assert.Empty(await Engine.ListAsync(Cancellation));
    }

    [Fact]
    public async Task RemoveAsync_Missing_Succeeds()
    {
        var id = await Engine.CreateAsync(Spec("twice"), Cancellation);
        await Engine.RemoveAsync(id, Cancellation);

        await Engine.RemoveAsync(id, Cancellation);

        Assert.Empty(await Engine.ListAsync(Cancellation));
    }

    private protected ContainerSpec Spec(string name)
    {
        var start = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        return new ContainerSpec($"{DockerFixture.Instance}-{name}", Image, Port, new ContainerLabels("0123456789abcdef", "rental", "owner", "hotkey", start, start.AddDays(30)));
    }

    private protected abstract IReadOnlyList<DeliveredFile> AccessFiles();

    async Task<string> StartedAsync(string name)
    {
        var id = await Engine.CreateAsync(Spec(name), Cancellation);
        await Engine.StartAsync(id, Cancellation);
        await Engine.DeliverAsync(id, AccessFiles(), Cancellation);
        await Engine.WaitForSshAsync(id, Port, Cancellation);
        return id;
    }

    async Task<ContainerState> StateAsync(string id) => (await Engine.ListAsync(Cancellation)).Single(each => each.Id == id).State;
}
