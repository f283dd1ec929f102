using System.Text.Json;
using Bittensor.Substrate;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Tests.Substrate;

/// <summary>A node that tells more than anybody reads costs a bounded amount of memory; the newest is what is kept.</summary>
public sealed class NotificationBoundTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscription_ReaderFallsBehind_TheNewest256AreKept()
    {
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            await peer.ReplyAsync(request, "s");
            if (request.GetProperty("method").GetString() != "subscribe")
                return;
            for (var number = 0; number < 400; number++)
                await peer.NotifyAsync("told", "s", number);
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, new SubstrateOptions(), TimeProvider.System, Cancellation);

        await using var subscription = await rpc.SubscribeAsync("subscribe", "unsubscribe", null, Cancellation);
        // Its reply comes after all that was told.
        await rpc.CallAsync("other", null, Cancellation);

        for (var expected = 144; expected < 400; expected++)
            Assert.Equal(expected, (await subscription.Notifications.ReadAsync(Cancellation)).GetInt32());
        Assert.False(subscription.Notifications.TryRead(out _));
    }

    [Fact]
    public async Task Subscription_NotificationOver64KiB_IsPassedOver()
    {
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            await peer.ReplyAsync(request, "s");
            await peer.NotifyAsync("told", "s", new string('x', 64 * 1024));
            await peer.NotifyAsync("told", "s", "short");
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, new SubstrateOptions(), TimeProvider.System, Cancellation);

        await using var subscription = await rpc.SubscribeAsync("subscribe", "unsubscribe", null, Cancellation);

        Assert.Equal("short", (await subscription.Notifications.ReadAsync(Cancellation)).GetString());
    }

    [Fact]
    public void EarlyNotifications_MoreThan64_TheOldestGo()
    {
        var early = new EarlyNotifications();
        for (var number = 0; number < 100; number++)
            early.Add("s", JsonSerializer.SerializeToElement(number), 10);

        Assert.Equal(Enumerable.Range(36, 64), early.Take("s").Select(item => item.GetInt32()));
        Assert.Empty(early.Take("s"));
    }

    [Fact]
    public void EarlyNotifications_MoreThan4MiB_TheOldestGo()
    {
        var early = new EarlyNotifications();
        for (var number = 0; number < 10; number++)
            early.Add("s", JsonSerializer.SerializeToElement(number), 1024 * 1024);

        Assert.Equal([6, 7, 8, 9], early.Take("s").Select(item => item.GetInt32()));
    }

    [Fact]
    public async Task HeadFeed_FollowerFallsBehind_TheNewest64AreKept()
    {
        var feed = new HeadFeed();
        var heads = Enumerable.Range(0, 200).Select(number => new BlockHeader((ulong)number, new BlockHash(new byte[32]), new BlockHash(new byte[32]))).ToList();
        await using var follower = feed.FollowAsync(heads[0], Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await follower.MoveNextAsync());

        foreach (var head in heads.Skip(1))
            feed.Publish(head);
        feed.Complete();

        var seen = new List<ulong>();
        while (await follower.MoveNextAsync())
            seen.Add(follower.Current.Number);
        Assert.Equal(Enumerable.Range(136, 64).Select(number => (ulong)number), seen);
    }
}
