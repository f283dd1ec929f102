using System.Globalization;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Tests.Gpus;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The whole program on a machine whose driver's program tells what the test says.</summary>
public sealed class GpuTests : IAsyncDisposable
{
    const string Phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        await HostCommand.TryRunAsync("docker", ["network", "rm", $"{DockerFixture.Instance}-gpu"]);
    }

    [Fact]
    public async Task Run_GpuInUseByAStranger_SaysWhoAndHoldsTheMachineBack()
    {
        using var gpus = await FakeGpus.MakeAsync();
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B"), FakeGpus.Line(FakeGpus.Second, "5E", pids: "1"));
        // Whatever this machine's kernel reported since boot was dealt with.
        var state = Directory.CreateDirectory(Path.Combine(_directory, "state")).FullName;
        Assert.Equal(0, (await MinerProcess.RunAsync(["gpus", "--clear", "--state.dir", state], PathWith(gpus))).ExitCode);
        await using var miner = MinerProcess.Start([.. RunArguments(), "--container.gpus", "1"], PathWith(gpus));

        Assert.Contains($"GPUs that are handed out: 1 {FakeGpus.Second}", await miner.WaitForLineAsync("GPUs that are handed out"), StringComparison.Ordinal);
        Assert.Contains($"Process 1 uses {FakeGpus.Second}", await miner.WaitForLineAsync("The machine is not handed out"), StringComparison.Ordinal);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", pids: "1"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await miner.WaitForLineAsync("The 1 GPUs are fit to be handed out again");
        miner.Interrupt();

        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_GpuThatIsNotThere_StopsTheStartAndSaysWhichAre()
    {
        using var gpus = await FakeGpus.MakeAsync();

        var (exitCode, _, errors) = await MinerProcess.RunAsync([.. RunArguments(), "--container.gpus", "2"], PathWith(gpus));

        Assert.Equal(1, exitCode);
        Assert.EndsWith(
            $"error: container.gpus names 2, which is not there. There are 0 ({FakeGpus.First}), 1 ({FakeGpus.Second}). See `nvidia-smi -L`.\n",
            errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all", false)]
    [InlineData("0", false)]
    [InlineData("none", true)]
    public async Task Run_DriverFailsAtTheFirstStart_HoldsTheMachineBackUnlessItHasNoGpusToGive(string selection, bool isClear)
    {
        using var gpus = await FakeGpus.MakeAsync();
        await File.WriteAllTextAsync(gpus.Program, "#!/bin/sh\necho broken >&2\nexit 3\n", TestContext.Current.CancellationToken);
        string[] arguments = [.. RunArguments(), "--container.gpus", selection];
        var admin = arguments[Array.IndexOf(arguments, "--admin.address") + 1];
        await using var miner = MinerProcess.Start(arguments, PathWith(gpus));
        await miner.WaitForLineAsync("Status and dashboard on");

        var (_, status, errors) = await MinerProcess.RunAsync(["status", "--json", "--admin.address", admin]);

        Assert.True(status.Contains("gpus", StringComparison.Ordinal), status + errors);
        Assert.Equal(isClear, !status.Contains("It is not known which GPUs are handed out", StringComparison.Ordinal));
        Assert.Equal(isClear, !status.Contains("restart the miner; or hand the machine out without GPUs", StringComparison.Ordinal));
        miner.Interrupt();
        Assert.Equal(0, await miner.WaitForExitAsync());
    }

    // The image cannot be had: what is asked here needs no container, and nothing is fetched.
    string[] RunArguments()
    {
        var hotkeys = Directory.CreateDirectory(Path.Combine(_directory, "default", "hotkeys"));
        File.WriteAllText(Path.Combine(hotkeys.FullName, "default"), $$"""{"secretPhrase":"{{Phrase}}"}""");
        return
        [
            "run", "--wallet.path", _directory, "--state.dir", Path.Combine(_directory, "state"), "--subtensor.chain_endpoint", "ws://127.0.0.1:9",
            "--axon.port", NextPort(), "--admin.address", $"127.0.0.1:{NextPort()}", "--ssh.port", NextPort(), "--axon.external_ip", "127.0.0.2",
            "--container.name-prefix", $"{DockerFixture.Instance}-gpu-", "--container.network", $"{DockerFixture.Instance}-gpu", "--container.image", "localhost:9/none",
            "--container.spare=false",
        ];
    }

    static Dictionary<string, string?> PathWith(FakeGpus gpus) => new() { ["PATH"] = $"{gpus.Directory}:{Environment.GetEnvironmentVariable("PATH")}" };

    static string NextPort() => FreePort.Next().ToString(CultureInfo.InvariantCulture);
}
