using System.Text;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

sealed class SimulatedWorld(TimeProvider time) : IMachineWorld
{
    const string Path = "/root/keepsake";

    readonly SimulatedEngine _engine = new(time);

    public IContainerEngine Engine => _engine;

    public PreparedImage Image { get; } = new("simulated", "simulated", "root:*:19000:0:99999:7:::\n");

    public ContainerOptions Settings { get; } = new();

    public Task DieAsync(string container)
    {
        _engine.Crash(container);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(string container) => _engine.RemoveAsync(container, CancellationToken.None);

    public async Task KillDaemonAsync()
    {
        foreach (var each in await _engine.ListAsync(CancellationToken.None))
            await _engine.ResumeAsync(each.Id, CancellationToken.None);
    }

    // The simulation has no objects of others.
    public Task<bool> ForeignIsUntouchedAsync() => Task.FromResult(true);

    public Task PutFileAsync(string container, string text) =>
        _engine.ReplaceFileAsync(container, DeliveredFile.Text(Path, text, DeliveredFile.Private), CancellationToken.None);

    public async Task<string?> ReadFileAsync(string container) =>
        await _engine.ReadFileAsync(container, Path, CancellationToken.None) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
