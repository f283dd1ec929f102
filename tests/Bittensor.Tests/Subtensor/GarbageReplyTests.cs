using System.Net;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Subtensor;

/// <summary>A node that answers one method with JSON nobody expects: the caller hears of a failed node, never of anything else.</summary>
public class GarbageReplyTests
{
    // The second half of a surrogate pair is missing in some: such a text can be parsed but not read.
    static readonly string[] Replies = ["\"\\ud800\"", "{\"\\ud800\":1}", "{}", "5"];

    static readonly (string Method, string[] Replies)[] Methods =
    [
        ("state_call", []), ("state_getStorage", ["\"0x\\ud800\""]), ("chain_getFinalizedHead", []), ("chain_getHeader", []),
        ("system_accountNextIndex", ["-1"]), ("author_submitAndWatchExtrinsic", []),
        ("state_queryStorageAt", ["[]", "[{\"block\":\"0x00\",\"changes\":[[\"\\ud800\",\"0x\"]]}]", "[{\"changes\":[[\"0x\"]]}]"]),
        ("state_getRuntimeVersion", ["{\"specVersion\":\"393\"}", "{\"specVersion\":393,\"transactionVersion\":1.5}"]),
        ("chain_getBlock", ["{\"block\":{\"extrinsics\":[\"\\ud800\",5]}}"]),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (method, own) in Methods)
            {
                foreach (var reply in Replies.Concat(own))
                    cases.Add(method, reply);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Calls_MethodAnsweredWithGarbage_FailAsTheNodesFault(string method, string reply)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = new SubtensorClient(
            new SubtensorOptions
            {
                Endpoints = [chain.Node.Endpoint],
                RequestTimeout = TimeSpan.FromSeconds(5),
                FirstBackoff = TimeSpan.FromMilliseconds(5),
                LongestBackoff = TimeSpan.FromMilliseconds(20),
            },
            TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        using var miner = Keypair.FromUri("//Miner");
        var netuid = new Netuid(27);
        await client.GetHeadAsync(patience.Token);
        var asked = false;
        chain.Before = async (peer, request) =>
        {
            if (request.GetProperty("method").GetString() != method)
                return false;
            asked = true;
            await peer.SendAsync($"{{\"jsonrpc\":\"2.0\",\"id\":{request.GetProperty("id").GetInt64()},\"result\":{reply}}}");
            return true;
        };

        await FailAsync(client.GetMetagraphAsync(netuid, patience.Token));
        await FailAsync(client.GetAxonAsync(netuid, miner.Hotkey, patience.Token));
        await FailAsync(client.GetBurnAsync(netuid, patience.Token));
        var serving = client.ServeAxonAsync(netuid, new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), miner, patience.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!serving.IsCompleted && await timer.WaitForNextTickAsync(patience.Token))
            await chain.ProduceAsync();
        await FailAsync(serving);

        Assert.True(asked, $"{method} was never asked for.");
    }

    static async Task FailAsync(Task call)
    {
        var fault = await Record.ExceptionAsync(() => call);
        Assert.True(fault is null or SubstrateException or ExtrinsicFailedException, fault?.ToString());
    }
}
