using DevNet;

namespace ComputeMiner.Tests.Presence;

/// <summary>
/// What a node costs the miner that answers late, in part or not at all, by the client's own settings: within one block of its return,
/// by the clock of those settings, the entry on chain is right and the metagraph of the newest block.
/// </summary>
public sealed class PlaceDeadlineTests
{
    static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(12);

    static readonly DevRuntime[] All = [DevRuntime.Classic, DevRuntime.Current, DevRuntime.Next];

    public static TheoryData<DevRuntime, bool> RuntimesAndStages => [.. from runtime in All from settled in (bool[])[true, false] select (runtime, settled)];

    public static TheoryData<DevRuntime, int> LostReplies => [.. from runtime in All from reply in (int[])[0, 1] select (runtime, reply)];

    /// <summary>From shorter than the deadline to after it has grown to its longest.</summary>
    public static TheoryData<int, bool> Spans => [.. from seconds in (int[])[3, 9, 14, 22, 29, 50, 100, 130] from settled in (bool[])[true, false] select (seconds, settled)];

    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task LostReply_OnALiveConnection_PlaceIsIntactWithinOneBlock(DevRuntime runtime, int reply)
    {
        await using var scene = await PlaceScene.OpenAsync(runtime, isSettled: true, isVirtual: true);
        scene.Chain.Faults.LoseReply(after: reply);

        await AssertInPlaceWithinABlockAsync(scene);

        Assert.False(scene.Chain.Faults.IsReplyToBeSpoiled);
    }

    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task LostReplies_TheSecondOnTheNextConnection_PlaceIsIntactWithinOneBlock(DevRuntime runtime, int reply)
    {
        await using var scene = await PlaceScene.OpenAsync(runtime, isSettled: true, isVirtual: true);
        scene.Chain.Faults.LoseReply(after: reply);
        await scene.Chain.ProduceBlockAsync();
        await scene.UntilAsync(() => !scene.Chain.Faults.IsReplyToBeSpoiled);
        scene.Chain.Faults.LoseReply(after: reply);
        await scene.UntilAsync(() => !scene.Chain.Faults.IsReplyToBeSpoiled);

        await AssertInPlaceWithinABlockAsync(scene);
    }

    [Theory]
    [MemberData(nameof(RuntimesAndStages))]
    public async Task TruncatedReply_OnALiveConnection_PlaceIsIntactWithinOneBlock(DevRuntime runtime, bool settled)
    {
        await using var scene = await PlaceScene.OpenAsync(runtime, settled, isVirtual: true);
        scene.Chain.Faults.TruncateNextReply();

        await AssertInPlaceWithinABlockAsync(scene);

        Assert.False(scene.Chain.Faults.IsReplyToBeSpoiled);
    }

    /// <summary>From the metagraph that shows that we are registered to the block that holds our entry, each reply is lost once.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public async Task LostReply_WhileServing_PlaceIsIntactWithinOneBlock(int reply)
    {
        await using var scene = await PlaceScene.OpenUnregisteredAsync(DevRuntime.Current);
        scene.Chain.Faults.LoseReply(after: reply);
        scene.Register();

        await AssertInPlaceWithinABlockAsync(scene);

        Assert.False(scene.Chain.Faults.IsReplyToBeSpoiled);
    }

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task Hang_OfAnyLength_PlaceIsIntactWithinOneBlock(int seconds, bool settled)
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, settled, isVirtual: true);
        await AskAndHoldAsync(scene);
        scene.Chain.Faults.StopAnswering();
        scene.Chain.Faults.LoseHeldReplies();
        await scene.PassAsync(TimeSpan.FromSeconds(seconds));
        await scene.Chain.ProduceBlocksAsync(seconds / 12);
        scene.Chain.Faults.ResumeAnswering();

        await AssertInPlaceWithinABlockAsync(scene);
    }

    /// <summary>What failed at the head that the node still has is done when it is back; no further block is needed for that.</summary>
    [Fact]
    public async Task Hang_OverWithoutANewBlock_PlaceIsIntactAllTheSame()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true, isVirtual: true);
        await AskAndHoldAsync(scene);
        scene.Chain.Faults.StopAnswering();
        scene.Chain.Faults.LoseHeldReplies();
        await scene.PassAsync(TimeSpan.FromSeconds(100));
        Assert.NotEqual(scene.Chain.BlockNumber, scene.Metagraphs.Current!.Block);
        scene.Chain.Faults.ResumeAnswering();
        var returned = scene.Clock!.GetUtcNow();

        await scene.UntilAsync(scene.IsInPlace);

        Assert.InRange(scene.Clock.GetUtcNow() - returned, TimeSpan.Zero, BlockTime);
    }

    /// <summary>Nothing is asked of it while it hangs, and all that is missed is a head.</summary>
    [Fact]
    public async Task Hang_WhileNothingIsAsked_PlaceIsIntactWithinOneBlock()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true, isVirtual: true);
        scene.Chain.Faults.StopAnswering();
        await scene.Chain.ProduceBlocksAsync(2);
        scene.Clock!.Pass(TimeSpan.FromSeconds(24));
        scene.Chain.Faults.ResumeAnswering();

        await AssertInPlaceWithinABlockAsync(scene);
    }

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task LateReplies_OfAnyDelay_PlaceIsIntactWithinOneBlock(int seconds, bool settled)
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, settled, isVirtual: true);
        await AskAndHoldAsync(scene);
        await scene.PassAsync(TimeSpan.FromSeconds(seconds));
        scene.Chain.Faults.ReleaseReplies(reversed: seconds % 2 == 0);

        await AssertInPlaceWithinABlockAsync(scene);
    }

    /// <summary>The first node hangs for good; the second is well all the time.</summary>
    [Fact]
    public async Task Hang_WithASecondNode_PlaceIsIntactWithinOneBlockOfTheFault()
    {
        await using var scene = await PlaceScene.OpenAsync(DevRuntime.Current, isSettled: true, isVirtual: true);
        var second = new Uri(scene.Chain.Endpoint, "second");
        scene.Options.Endpoints = [scene.Chain.Endpoint, second];
        await AskAndHoldAsync(scene);
        scene.Chain.Faults.SilenceConnections();
        scene.Chain.Faults.LoseHeldReplies();

        await AssertInPlaceWithinABlockAsync(scene);

        Assert.True(scene.Told.Contains($"Connected to the chain at {scene.Chain.Endpoint}*** again", StringComparison.Ordinal), scene.Told);
    }

    static async Task AskAndHoldAsync(PlaceScene scene)
    {
        scene.Chain.Faults.HoldReplies();
        await scene.Chain.ProduceBlockAsync();
        await scene.UntilAsync(() => scene.Chain.Faults.Requests.Unanswered > 0, end: scene.Clock!.GetUtcNow());
    }

    /// <summary>Blocks are made at the node's return and for what the miner signs; the clock shows what it waited.</summary>
    static async Task AssertInPlaceWithinABlockAsync(PlaceScene scene)
    {
        var returned = scene.Clock!.GetUtcNow();

        await scene.AssertInPlaceAsync();

        var waited = scene.Clock.GetUtcNow() - returned;
        Assert.True(waited <= BlockTime, $"{waited}\n{scene.Told}");
    }
}
