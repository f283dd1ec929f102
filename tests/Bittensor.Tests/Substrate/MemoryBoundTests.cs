using System.Text.Json;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Tests.Substrate;

/// <summary>What a hostile node can make its client hold.</summary>
public sealed class MemoryBoundTests
{
    [Fact]
    public void Decode_MillionsOfValuesThatTakeNoBytes_AreRefusedBeforeTheyFillTheMemory()
    {
        var builder = new MetadataBuilder();
        var nothings = builder.Sequence(builder.Tuple());
        var types = RuntimeMetadata.Parse(builder.Build(15)).Types;
        byte[] data = [.. new ScaleWriter().WriteCompact(1 << 29).WrittenSpan, .. new byte[256 * 1024]];

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ScaleException>(() => ScaleDecoder.Decode(types, nothings, data, allowRest: true));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000);
    }

    [Fact]
    public async Task Subscription_NotificationsOfMegabytes_AreNotKept()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var large = new string('x', 1_000_000);
        await using var node = await ScriptedNode.StartAsync(async (peer, request) =>
        {
            await peer.NotifyAsync("chain_newHead", "heads", large);
            await peer.ReplyAsync(request, "heads");
            await peer.NotifyAsync("chain_newHead", "heads", large);
            await peer.NotifyAsync("chain_newHead", "heads", "small");
        });
        await using var rpc = await RpcConnection.ConnectAsync(node.Endpoint, new SubstrateOptions(), TimeProvider.System, patience.Token);

        await using var heads = await rpc.SubscribeAsync("chain_subscribeNewHeads", "chain_unsubscribeNewHeads", null, patience.Token);
        JsonElement first = await heads.Notifications.ReadAsync(patience.Token);

        Assert.Equal("small", first.GetString());
    }
}
