using System.Net.NetworkInformation;
using System.Text;
using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Drill;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>Real containers, a real disk, and a line to the engine that really breaks.</summary>
sealed class DockerWorld : IMachineWorld
{
    const string KeepsakePath = "/root/keepsake";

    readonly DockerPlot _plot;
    int _deaths;

    DockerWorld(DockerPlot plot) => _plot = plot;

    public IContainerEngine Engine => _plot.Far;

    public IContainerEngine Outside => _plot.Near;

    public PreparedImage Image => _plot.Image;

    public ContainerOptions Settings => _plot.Settings;

    public string Directory => _plot.Disk;

    public TimeProvider Waits => TimeProvider.System;

    public bool DiskIsFull
    {
        get => File.Exists(Filler);
        set
        {
            File.Delete(Filler);
            if (value)
                DrillDisk.Fill(Filler);
        }
    }

    public bool EngineIsAway { get; private set; }

    bool IsPublished => Array.Exists(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), each => each.Port == Settings.SshPort);

    string Filler => Path.Combine(_plot.Disk, "filler");

    /// <summary>The plot as if nobody had been there.</summary>
    public static async Task<DockerWorld> BeginAsync(DockerPlot plot)
    {
        await plot.ClearContainersAsync();
        foreach (var left in System.IO.Directory.GetFileSystemEntries(plot.Disk))
        {
            if (System.IO.Directory.Exists(left))
                System.IO.Directory.Delete(left, recursive: true);
            else
                File.Delete(left);
        }
        plot.Line.Open();
        return new DockerWorld(plot);
    }

    // The answers are counted in pieces, so that it goes in the middle of one as well.
    public void TakeEngineAway(int answers)
    {
        EngineIsAway = true;
        _plot.Line.CutAfter(answers);
    }

    public void ReturnEngine()
    {
        EngineIsAway = false;
        _plot.Line.Open();
    }

    public void Meet(CrashPoint step)
    {
        // What is full or away fails by itself.
    }

    // One half of them by the engine, the other by the kernel: the engine starts the second kind again by itself.
    public async Task DieAsync(string container)
    {
        var state = (await _plot.Api.GetAsync($"containers/{container}/json")).GetProperty("State");
        if (!state.GetProperty("Running").GetBoolean())
            return;
        if (state.GetProperty("Paused").GetBoolean() || ++_deaths % 2 == 0)
        {
            await _plot.Api.PostAsync($"containers/{container}/kill");
            return;
        }
        var before = state.GetProperty("Pid").GetInt32();
        await HostCommand.RunAsync("kill", ["-KILL", $"{before}"]);
        using var often = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while ((await _plot.Api.GetAsync($"containers/{container}/json")).GetProperty("State").GetProperty("Pid").GetInt32() == before)
            await often.WaitForNextTickAsync();
    }

    public Task RemoveAsync(string container) => _plot.Api.DeleteAsync($"containers/{container}?force=1&v=1");

    // Where the engine is everybody's the line to it is cut: the containers go on, as they do under an engine with live restore.
    public async Task<bool> KillDaemonAsync(Task? allocating)
    {
        if (_plot.Daemon is { } daemon)
        {
            while (allocating is { IsCompleted: false } && !IsPublished)
                await Task.Yield();
            await daemon.KillAsync();
            await daemon.StartAsync(CancellationToken.None);
            await _plot.LookAtForeignAsync();
            return true;
        }
        if (!EngineIsAway)
        {
            _plot.Line.CutAfter(0);
            _plot.Line.Open();
        }
        return false;
    }

    public Task<bool> ForeignIsUntouchedAsync() => _plot.IsForeignUntouchedAsync();

    public Task<int> CountLeftoversAsync() => _plot.CountAsync();

    public Task PutFileAsync(string container, string text) =>
        Outside.ReplaceFileAsync(container, DeliveredFile.Text(KeepsakePath, text, DeliveredFile.Private), CancellationToken.None);

    public async Task<string?> ReadFileAsync(string container) =>
        await Outside.ReadFileAsync(container, KeepsakePath, CancellationToken.None) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
