using Bittensor.Subtensor;
using ComputeMiner.Presence;
using ComputeMiner.Schedule;
using DevNet;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Presence;

public sealed class ChainFollowerTests
{
    [Fact]
    public async Task Execute_ChainAwayAtTheStartAndThenAgain_PlaceAndMetagraphAreRightWithinABlockOfItsReturn()
    {
        await using var spare = await ChainAndMiner.StartAsync();
        var port = FreePort.Next();
        // Shorter than the outage: waiting for the first connection ends several times and starts again.
        await using var client = new SubtensorClient(
            new SubtensorOptions
            {
                Endpoints = [new($"ws://127.0.0.1:{port}")],
                OfflineTimeout = TimeSpan.FromMilliseconds(100),
                FirstBackoff = TimeSpan.FromMilliseconds(10),
                LongestBackoff = TimeSpan.FromMilliseconds(50),
            },
            TimeProvider.System, spare.Logs.CreateLogger<SubtensorClient>());
        var announcer = new AxonAnnouncer(
            client, ChainAndMiner.Netuid, spare.Hotkey, _ => Task.FromResult(ChainAndMiner.Wish()), spare.Metagraphs, spare.Logs.CreateLogger<AxonAnnouncer>());
        var refresher = new MetagraphRefresher(client, ChainAndMiner.Netuid, spare.Metagraphs, spare.Logs.CreateLogger<MetagraphRefresher>());
        using var follower = new ChainFollower(client, spare.Logs.CreateLogger<ChainFollower>());
        var schedule = new BlockSchedule([PlaceJobs.Of(refresher, announcer)], TimeProvider.System, spare.Logs.CreateLogger<BlockSchedule>());
        follower.HeadSeen += block => schedule.OnHead(block, spare.Patience);
        await follower.StartAsync(spare.Patience);

        for (var life = 0; life < 2; life++)
        {
            // A new chain each time: it has forgotten our entry, so that only a new look can make it right.
            await using var chain = await DevChain.StartAsync(new DevChainOptions { Port = port }, spare.Patience);
            await chain.ProduceBlocksAsync(life * 200);
            chain.RegisterNeuron(ChainAndMiner.Netuid, spare.Hotkey.Hotkey, new(DevAccounts.Alice));
            spare.Metagraphs.Current = null;
            var before = spare.Logs.Count(4110);
            await UntilAsync(chain, spare, () => spare.Logs.Count(4110) > before && spare.Registration.Holds && !follower.ExecuteTask!.IsCompleted);
            Assert.Equal(AxonStage.Published, announcer.Current.Stage);
        }
        await follower.StopAsync(spare.Patience);
    }

    static async Task UntilAsync(DevChain chain, ChainAndMiner miner, Func<bool> isTrue)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!isTrue() && await timer.WaitForNextTickAsync(miner.Patience))
            await chain.ProduceBlockAsync();
    }
}
