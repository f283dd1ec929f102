namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The operator's commands against the real program: with a rental, over kills and restarts, and when they are used wrongly.</summary>
[Trait("Needs", "Docker")]
public sealed class OperatorTests : IDisposable
{
    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Drain_RunningRental_GoesOnOverAKillAndNothingNewIsAccepted()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation);
        Assert.True(await world.AllocateAsync());

        Assert.Equal((0, "Drain is on: nothing new is handed out. Who has the machine keeps it; `miner status` shows who.\n"), await world.CommandAsync("drain", "on"));

        await world.KillAndStartAsync(Cancellation);
        var status = await world.StatusAsync();
        Assert.True(status.GetProperty("draining").GetBoolean());
        Assert.Equal("Running", status.GetProperty("rental").GetProperty("state").GetString());
        Assert.InRange(status.GetProperty("rental").GetProperty("secondsLeft").GetDouble(), 86_000, 86_400);
        Assert.True(await world.HoldsAsync());
        Assert.True(await world.DeallocateAsync());
        Assert.False(await world.IsFreeAsync());
        Assert.False(await world.AllocateAsync());

        Assert.Equal((0, "Drain is off: the machine can be handed out.\n"), await world.CommandAsync("drain", "off"));

        await world.UntilFreeAsync(Cancellation);
        Assert.True(await world.AllocateAsync());
        Assert.False((await world.StatusAsync()).GetProperty("draining").GetBoolean());
    }

    [Fact]
    public async Task Release_Rental_AsksFirstAndEndsIt()
    {
        await using var world = await RentedMiner.StartAsync(Cancellation);
        Assert.Equal((0, "Nobody has the machine; nothing was released.\n"), await world.CommandAsync("release", "--yes"));
        Assert.True(await world.AllocateAsync());
        var id = (await world.StatusAsync()).GetProperty("rental").GetProperty("allocationId").GetString();

        // Nobody at a terminal is no.
        var (exitCode, _, errors) = await world.RunAsync("release");
        Assert.Equal(1, exitCode);
        Assert.Contains($"Rental {id}, Running", errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was released: it was not agreed to.", errors, StringComparison.Ordinal);
        Assert.True(await world.HoldsAsync());
        await world.KillAndStartAsync(Cancellation);
        Assert.True(await world.HoldsAsync());

        (exitCode, var output, _) = await world.RunAsync("release", "--yes");

        Assert.Equal(0, exitCode);
        Assert.StartsWith($"Released Rental {id} of ", output, StringComparison.Ordinal);
        Assert.False(await world.HoldsAsync());
        await world.UntilFreeAsync(Cancellation);
        Assert.Contains(
            (await world.StatusAsync()).GetProperty("events").EnumerateArray(),
            each => each.GetProperty("text").GetString()!.Contains($"Allocation {id} (Rental) is over: Operator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Release_NoMinerRuns_SaysSo()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(["release", "--yes", "--state.dir", _state]);

        Assert.Equal(
            (1, "", $"error: No miner runs on {_state}. Start it with `miner run` and release then, or name its directory with --state.dir.\n"),
            (exitCode, output, errors));
    }

    [Fact]
    public async Task Drain_NoMinerRuns_HoldsForTheNextAndTheDoctorTells()
    {
        var (exitCode, output, _) = await MinerProcess.RunAsync(["drain", "on", "--state.dir", _state]);
        Assert.Equal((0, $"Drain is on. No miner runs on {_state} now; the next one that starts keeps to it.\n"), (exitCode, output));

        var (_, told, _) = await MinerProcess.RunAsync(["doctor", "--state.dir", _state, "--subtensor.chain_endpoint", "ws://127.0.0.1:9"]);
        Assert.Contains("warn  drain          on: nothing new is handed out", told, StringComparison.Ordinal);

        (exitCode, output, _) = await MinerProcess.RunAsync(["drain", "off", "--state.dir", _state]);
        Assert.Equal((0, $"Drain is off. No miner runs on {_state} now; the next one that starts keeps to it.\n"), (exitCode, output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_state));
    }

    [Theory]
    [InlineData("Hands nothing new out, or the machine again.", "drain")]
    [InlineData("error: 'maybe' is not a command. 'miner drain --help' lists the commands.", "drain", "maybe")]
    [InlineData("error: 'now' is one word too many", "drain", "on", "now")]
    [InlineData("error: --yse (flag --yse): is not known", "release", "--yse")]
    [InlineData("error: --axon.prt (flag --axon.prt): is not known; did you mean --axon.port?", "--check", "run", "--axon.prt", "1")]
    public async Task Usage_Wrong_ExitsTwoAndSaysWhat(string said, params string[] arguments)
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(said, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_RightCommandLine_DoesNothing()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(["--check", "run", "--wallet.path", _state, "--registry", "off"]);

        Assert.Equal((0, "", ""), (exitCode, output, errors));
    }
}
