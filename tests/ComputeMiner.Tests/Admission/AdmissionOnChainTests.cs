using System.Net;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Admission;
using ComputeMiner.Tests.Presence;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Admission;

/// <summary>Lists of coldkeys, from the chain that says whose a hotkey is to the answer of the axon.</summary>
public sealed class AdmissionOnChainTests
{
    const ulong Tao = 1_000_000_000;

    static readonly Keypair Miner = Keypair.FromUri("//Miner");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_HotkeyOfAListedColdkey_IsAnsweredByWhatTheChainSaysOfIt()
    {
        await using var scene = await ChainAndMiner.StartAsync();
        var (trusted, banned, other) = (Coldkey("//Trusted"), Coldkey("//Banned"), Coldkey("//SomebodyElse"));
        foreach (var (uri, owner, tao) in new[] { ("//A", trusted, 0ul), ("//B", banned, 50_000ul), ("//C", other, 50_000ul), ("//D", other, 0ul) })
            Register(scene, uri, owner, tao);
        var settings = new AdmissionSettings { WhitelistColdkeys = [trusted], BlacklistColdkeys = [banned] };
        var gate = new AdmissionGate(AdmissionRules.From(settings), scene.Metagraphs, TimeProvider.System, NullLogger<AdmissionGate>.Instance);
        await using var axon = new AxonServer(
            new AxonOptions { Address = IPAddress.Loopback, Port = 0 }, Miner.Hotkey, gate, [new Answering()], TimeProvider.System, NullLoggerFactory.Instance);
        await axon.StartAsync(Cancellation);

        Assert.Null(await scene.Refresher.RefreshAsync(Cancellation));
        Assert.Equal("200, 403, 200, 403, 403", await CallAsync(axon, "//A", "//B", "//C", "//D", "//Trusted"));
        Assert.Equal("blacklist.coldkeys", gate.Explain(Keypair.FromUri("//B").Hotkey).DecidedBy);

        // Known from the next reading on, and not before.
        Register(scene, "//E", trusted, 0);
        Assert.Equal("403", await CallAsync(axon, "//E"));
        Assert.Null(await scene.Refresher.RefreshAsync(Cancellation));
        Assert.Equal("200, 200", await CallAsync(axon, "//E", "//A"));
    }

    static void Register(ChainAndMiner scene, string uri, Coldkey owner, ulong tao)
    {
        using var hotkey = Keypair.FromUri(uri);
        scene.Chain.RegisterNeuron(ChainAndMiner.Netuid, hotkey.Hotkey, owner);
        if (tao > 0)
            scene.Chain.SetStake(ChainAndMiner.Netuid, hotkey.Hotkey, tao * Tao);
    }

    static async Task<string> CallAsync(AxonServer axon, params string[] callers)
    {
        var codes = new List<int>();
        foreach (var uri in callers)
        {
            using var caller = Keypair.FromUri(uri);
            using var dendrite = new DendriteClient(caller, new DendriteOptions());
            var request = dendrite.Build(new AxonTarget(axon.EndPoint, Miner.Hotkey), new AllocateSynapse { Timeline = 1, Checking = true }, TimeSpan.FromSeconds(60));
            codes.Add((await dendrite.SendAsync<AllocateSynapse>(request, Cancellation)).HttpStatus ?? 0);
        }
        return string.Join(", ", codes);
    }

    static Coldkey Coldkey(string uri)
    {
        using var pair = Keypair.FromUri(uri);
        return pair.Coldkey;
    }

    sealed class Answering : AxonEndpoint<AllocateSynapse>
    {
        public override Task HandleAsync(AllocateSynapse synapse, AxonCaller caller, CancellationToken cancellation) => Task.CompletedTask;
    }
}
