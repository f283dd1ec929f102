using System.Net;
using System.Text.Json;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>Who the whole program lets in, also right after it was killed.</summary>
[Trait("Needs", "Docker")]
public sealed class GateTests
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The worst case for a replay: the caller's clock is five seconds ahead, so that a new run's clock is no floor for what he signed. The
    /// other request is beyond what is reserved for him, however fast the new run starts.
    /// </summary>
    [Fact]
    public async Task Kill_RightAfterARequestAheadOfTheClock_ItsReplayIsRefusedAndANewOneIsNot()
    {
        await using var miner = await MinerOnChain.CreateAsync();
        await miner.StartAsync();
        using var dendrite = new DendriteClient(miner.Validator, new DendriteOptions());
        using var ahead = new DendriteClient(
            miner.Validator, new DendriteOptions(), new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(5)));
        var captured = ahead.Build(miner.Target, Check(), Timeout);
        Assert.Equal(200, (await SendAsync(captured)).HttpStatus);
        await miner.KillAsync();

        await miner.StartAsync();
        var replay = await SendAsync(captured);

        Assert.Equal((401, "Not Verified with error: Nonce is too old, a newer one was last processed"), (replay.HttpStatus, replay.StatusMessage));
        using var other = new DendriteClient(miner.Validator, new DendriteOptions(), new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(9)));
        Assert.Equal(200, (await SendAsync(other.Build(miner.Target, Check(), Timeout))).HttpStatus);

        Task<DendriteResponse<AllocateSynapse>> SendAsync(DendriteRequest request) =>
            dendrite.SendAsync<AllocateSynapse>(request, TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// SIGKILL at once after an answer, and the next run begins with a clock ten minutes behind: its first two seconds are the ones that no
    /// earlier write covers. The second run is an axon of this process, because the clock of a whole machine is nobody's to set.
    /// </summary>
    [Fact]
    public async Task Kill_RightAfterARequestAndClockSetBack_ItsReplayIsRefused()
    {
        await using var miner = await MinerOnChain.CreateAsync();
        await miner.StartAsync();
        using var dendrite = new DendriteClient(miner.Validator, new DendriteOptions());
        var captured = dendrite.Build(miner.Target, Check(), Timeout);
        Assert.Equal(200, (await dendrite.SendAsync<AllocateSynapse>(captured, TestContext.Current.CancellationToken)).HttpStatus);
        await miner.KillAsync();
        var signed = DateTimeOffset.UnixEpoch.AddTicks(long.Parse(captured.Headers.Single(header => header.Key == "bt_header_dendrite_nonce").Value, System.Globalization.CultureInfo.InvariantCulture) / 100);
        var clock = new FakeTimeProvider(signed - TimeSpan.FromMinutes(10));
        var options = new AxonOptions { Address = IPAddress.Loopback, Port = miner.Target.EndPoint.Port, NonceFile = Path.Combine(miner.State, "nonces") };
        await using var next = new AxonServer(options, miner.Hotkey, new Everybody(), [new Answering()], clock, NullLoggerFactory.Instance);
        await next.StartAsync(TestContext.Current.CancellationToken);

        clock.SetUtcNow(signed + TimeSpan.FromMilliseconds(1));
        var replay = await dendrite.SendAsync<AllocateSynapse>(captured, TestContext.Current.CancellationToken);

        Assert.Equal((401, "Not Verified with error: Nonce is too old, a newer one was last processed"), (replay.HttpStatus, replay.StatusMessage));
        clock.Advance(TimeSpan.FromSeconds(1));
        using var later = new DendriteClient(miner.Validator, new DendriteOptions(), clock);
        Assert.Equal(200, (await later.SendAsync<AllocateSynapse>(later.Build(miner.Target, Check(), Timeout), TestContext.Current.CancellationToken)).HttpStatus);
    }

    [Fact]
    public async Task AdmissionExplain_MinerRunsOrNot_SaysTheSameAndWhoSaysIt()
    {
        await using var miner = await MinerOnChain.CreateAsync();
        await miner.StartAsync();
        string[] arguments =
        [
            "admission", "explain", miner.Validator.Hotkey.ToString(), "--admin.address", miner.Admin.ToString(), "--subtensor.chain_endpoint", miner.Chain,
        ];

        var (exitCode, asked, errors) = await MinerProcess.RunAsync([.. arguments, "--json"]);
        var (_, shown, _) = await MinerProcess.RunAsync(arguments);
        await miner.KillAsync();
        var (_, read, _) = await MinerProcess.RunAsync([.. arguments, "--json"]);
        var (refused, poor, _) = await MinerProcess.RunAsync([.. arguments, "--admission.min-stake", "50001"]);

        Assert.Equal((0, ""), (exitCode, errors));
        foreach (var json in new[] { asked, read })
        {
            var explanation = JsonDocument.Parse(json).RootElement;
            Assert.True(explanation.GetProperty("admitted").GetBoolean());
            Assert.Equal(("stake", 50_000), (explanation.GetProperty("decidedBy").GetString(), explanation.GetProperty("stake").GetDouble()));
            Assert.Equal(7, explanation.GetProperty("rules").GetArrayLength());
        }
        Assert.Contains($"admitted by stake, says the miner at {miner.Admin}, metagraph of block ", shown, StringComparison.Ordinal);
        Assert.Equal(1, refused);
        Assert.Contains("stake 50,000, 50,001 needed (--admission.min-stake)", poor, StringComparison.Ordinal);
        Assert.Contains($"no miner runs at {miner.Admin}", poor, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HOTKEY is missing", "admission", "explain")]
    [InlineData("'second' is one word too many", "admission", "explain", "first", "second")]
    [InlineData("'nobody' is no hotkey: an SS58 address of format 42 is needed.", "admission", "explain", "nobody")]
    public async Task AdmissionExplain_WrongUsage_ExitsTwoAndSaysWhat(string expected, params string[] arguments)
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    sealed class Everybody : IAxonAdmission
    {
        public AxonVerdict Admit(in AxonCaller caller) => AxonVerdict.Admitted;

        public double Priority(in AxonCaller caller) => 0;
    }

    sealed class Answering : AxonEndpoint<AllocateSynapse>
    {
        public override Task HandleAsync(AllocateSynapse synapse, AxonCaller caller, CancellationToken cancellation) => Task.CompletedTask;
    }

    static AllocateSynapse Check() => new() { Timeline = 1, Checking = true };
}
