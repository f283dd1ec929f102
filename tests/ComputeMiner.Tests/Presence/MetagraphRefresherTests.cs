using System.Net;
using System.Text.Json;
using ComputeMiner.Dashboard;
using ComputeMiner.Tests.EndToEnd;
using DevNet;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Presence;

/// <summary>How often the metagraph is read, and what is served and shown while it cannot be.</summary>
public sealed class MetagraphRefresherTests
{
    /// <summary>The metagraph, and the runtime's version after it. Nothing else is asked of a chain that has our entry.</summary>
    const int RequestsPerRefresh = 2;

    [Fact]
    public async Task Refresh_EachNewHead_HappensOnce()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true);
        var before = scene.Chain.Faults.Requests.Received;

        for (var head = 1; head <= 5; head++)
        {
            await scene.Chain.ProduceBlockAsync();
            await scene.UntilAsync(scene.IsInPlace);
            Assert.Equal(head * RequestsPerRefresh, scene.Chain.Faults.Requests.Received - before);
        }
    }

    [Fact]
    public async Task Refresh_ThreeHeadsDuringASlowOne_OneMoreFollowsForTheNewest()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true);
        var before = scene.Chain.Faults.Requests.Received;
        scene.Chain.Faults.HoldReplies();
        await scene.Chain.ProduceBlockAsync();
        await scene.Chain.Faults.WhenRepliesHeldAsync(1).WaitAsync(scene.Patience);
        await scene.Chain.ProduceBlocksAsync(3);
        await scene.UntilAsync(() => scene.Follower.Head?.Number == scene.Chain.BlockNumber);
        Assert.Equal(1, scene.Chain.Faults.Requests.Received - before);

        scene.Chain.Faults.ReleaseReplies();
        await scene.UntilAsync(scene.IsInPlace);
        Assert.Equal(2 * RequestsPerRefresh, scene.Chain.Faults.Requests.Received - before);

        await scene.Chain.ProduceBlockAsync();
        await scene.UntilAsync(scene.IsInPlace);
        Assert.Equal(3 * RequestsPerRefresh, scene.Chain.Faults.Requests.Received - before);
    }

    /// <summary>The age is that of the last good one, on the status page and in <c>miner status</c>, and grows with the miner's clock.</summary>
    [Fact]
    public async Task Refresh_ChainAway_LastGoodOneIsServedAndItsAgeShown()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true, isVirtual: true);
        var good = scene.Metagraphs.Current!;
        var source = new ChainStatusSource(scene.Hotkey, scene.Metagraphs, scene.Follower, scene.Announcer, scene.Clock!);
        await using var server = new AdminServer(
            new IPEndPoint(IPAddress.Loopback, 0), () => Status(source.Read()), _ => throw new InvalidOperationException("Nobody asks this."),
            NullLogger<AdminServer>.Instance);
        await server.StartAsync(scene.Patience);
        scene.Chain.Faults.HoldReplies();
        await scene.Chain.ProduceBlockAsync();
        await scene.UntilAsync(() => scene.Chain.Faults.Requests.Unanswered > 0, end: scene.Clock!.GetUtcNow());
        scene.Chain.Faults.StopAnswering();
        scene.Chain.Faults.LoseHeldReplies();

        foreach (var seconds in (int[])[59, 541, 100])
        {
            await scene.PassAsync(TimeSpan.FromSeconds(seconds));
            var age = (scene.Clock.GetUtcNow() - good.FetchedAt).TotalSeconds;
            var (shown, ok) = await ReadAsync(server, scene.Patience);
            Assert.Same(good, scene.Metagraphs.Current);
            Assert.Equal((age, age <= 600), (shown, ok));
            var (_, output, _) = await MinerProcess.RunAsync(["status", "--admin.address", new Uri(server.Url!).Authority]);
            Assert.Contains($"{(ok ? "ok" : "NOT OK")}: {age:0} s old", output, StringComparison.Ordinal);
        }
        Assert.Equal(700.0, (scene.Clock.GetUtcNow() - good.FetchedAt).TotalSeconds, 1.0);

        scene.Chain.Faults.ResumeAnswering();
        await scene.UntilAsync(scene.IsInPlace);
        Assert.InRange((await ReadAsync(server, scene.Patience)).Age, 0, 12);
    }

    static async Task<(double Age, bool Ok)> ReadAsync(AdminServer server, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var status = JsonDocument.Parse(await http.GetStringAsync(new Uri(server.Url + "/status"), cancellation)).RootElement;
        return (status.GetProperty("chain").GetProperty("metagraphAgeSeconds").GetDouble(), status.GetProperty("components")[0].GetProperty("ok").GetBoolean());
    }

    static MinerStatus Status(ChainStatus chain) => new(
        "1.0.0", DateTimeOffset.UnixEpoch, 1, "5Grw", 27, Ready: true, [ChainStatusSource.Metagraph(chain)], chain,
        new RentalStatus("Free", null, null, null, null, null), new Dictionary<string, long>(), []);
}
