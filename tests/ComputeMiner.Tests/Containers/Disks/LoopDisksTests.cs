using ComputeMiner.Containers;
using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Tests.Containers.Disks;

public sealed class LoopDisksTests : IDisposable
{
    const int Disks = 60;

    readonly TemporaryDirectory _there = new();

    public void Dispose() => _there.Dispose();

    [Fact]
    public async Task AttachAsync_NoMountPointCanBeMade_SaysSo()
    {
        const string Name = "00000000000000aa";
        await File.WriteAllTextAsync(_there.At("disks"), "", TestContext.Current.CancellationToken);
        var (disks, mounts) = (Directory.CreateDirectory(_there.At("images")).FullName, _there.At("disks"));
        await File.WriteAllTextAsync($"{disks}/{Name}.img", "", TestContext.Current.CancellationToken);
        var loops = new LoopDisks(disks, mounts, _there.At("records"), new EngineNamespace(new Uri("tcp://127.0.0.1:9"), TimeProvider.System));

        var fault = await Assert.ThrowsAsync<ContainerEngineException>(() => loops.AttachAsync(Name, TestContext.Current.CancellationToken));

        Assert.Contains(mounts, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SweepAsync_WhileDisksAreMade_TakesNoneAway()
    {
        var disks = new LoopDisks(_there.At("disks"), _there.At("mounts"), _there.At("records"), new EngineNamespace(new Uri("tcp://127.0.0.1:9"), TimeProvider.System));
        using var over = new CancellationTokenSource();
        var sweeping = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
                await disks.SweepAsync(() => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>()));
        }, TestContext.Current.CancellationToken);

        try
        {
            for (var made = 0; made < Disks; made++)
            {
                var ready = await disks.MakeAsync($"{made:x16}", 1 << 20, TestContext.Current.CancellationToken);
                Assert.True(disks.Has(ready));
                disks.Drop(ready);
            }
        }
        finally
        {
            await over.CancelAsync();
            await sweeping;
        }
    }
}
