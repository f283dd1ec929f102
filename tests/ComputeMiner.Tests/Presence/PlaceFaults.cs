using System.Text;
using DevNet;

namespace ComputeMiner.Tests.Presence;

/// <summary>What node and chain do to the miner. Each ends with the node well again.</summary>
static class PlaceFaults
{
    public static Task CloseSockets(PlaceScene scene)
    {
        scene.Chain.Faults.CloseConnections();
        return Task.CompletedTask;
    }

    public static async Task StopListening(PlaceScene scene)
    {
        await scene.Chain.StopListeningAsync();
        await scene.Chain.ProduceBlocksAsync(3);
        await scene.Chain.ResumeListeningAsync(scene.Patience);
    }

    public static Task AnswerLate(PlaceScene scene) => HoldAsync(scene, reversed: false);

    public static Task AnswerOutOfOrder(PlaceScene scene) => HoldAsync(scene, reversed: true);

    public static Task SendGarbage(PlaceScene scene)
    {
        string[] frames =
        [
            "", "no JSON", "{\"jsonrpc\":\"2.0\",\"id\":", "[]", "null", "17", "[[[[[[[[", "{}", "{\"id\":{}}", "{\"id\":-1,\"result\":0}",
            "{\"id\":999999,\"result\":\"0x\"}", "{\"method\":\"chain_newHead\",\"params\":{\"subscription\":\"nobody's\",\"result\":{}}}",
            "{\"method\":\"chain_newHead\",\"params\":7}", "[{\"id\":\"x\"},null,{\"error\":1}]", new string('[', 5000),
        ];
        foreach (var frame in frames)
            scene.Chain.Faults.SendToAll(Encoding.UTF8.GetBytes(frame));
        return Task.CompletedTask;
    }

    public static Task SendInvalidText(PlaceScene scene)
    {
        scene.Chain.Faults.SendToAll([0xFF, 0xFE, 0xC0, 0x80]);
        return Task.CompletedTask;
    }

    public static Task SendOversizedFrame(PlaceScene scene)
    {
        scene.Chain.Faults.SendToAll(new byte[PlaceScene.FrameLimit + 1]);
        return Task.CompletedTask;
    }

    public static Task NotifyBeforeReply(PlaceScene scene)
    {
        scene.Chain.Faults.NotifyBeforeReply();
        return CloseSockets(scene);
    }

    /// <summary>Wherever the client turns first, a node of another chain is there.</summary>
    public static async Task ComeToAnotherChain(PlaceScene scene)
    {
        await using var other = await DevChain.StartAsync(new DevChainOptions { Burn = 1 }, scene.Patience);
        Assert.NotEqual(scene.Chain.GenesisHash, other.GenesisHash);
        scene.Options.Endpoints = [other.Endpoint, other.Endpoint, scene.Chain.Endpoint];
        scene.Chain.Faults.CloseConnections();
        await scene.UntilAsync(() => scene.Logs.Lines.Any(line => line.Text.Contains("is of another chain", StringComparison.Ordinal)));
    }

    public static async Task ReorganiseHead(PlaceScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        await scene.Chain.ProduceBlocksAsync(3);
        scene.Chain.Faults.Reorganise(3);
        scene.Chain.Faults.ReleaseFinality();
    }

    /// <summary>Our entry was in a block, and the miner content; the block goes, and the entry with it, for good.</summary>
    public static async Task ReorganiseTheEntryAway(PlaceScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        await scene.Chain.ProduceBlockAsync();
        await scene.UntilAsync(scene.IsInPlace);
        scene.Chain.Faults.Reorganise(1);
        scene.Chain.Faults.DropTransactions();
        scene.Chain.Faults.ReleaseFinality();
    }

    /// <summary>In a block, out of it, in another.</summary>
    public static async Task RetractTransaction(PlaceScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Faults.Reorganise(1);
        scene.Chain.Faults.ReleaseFinality();
    }

    public static Task DropTransaction(PlaceScene scene) => Now(scene.Chain.Faults.DropTransactions);

    public static Task InvalidateTransaction(PlaceScene scene) => Now(scene.Chain.Faults.InvalidateTransactions);

    public static Task UsurpTransaction(PlaceScene scene) => Now(scene.Chain.Faults.UsurpTransactions);

    public static async Task DelayFinality(PlaceScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        await scene.Chain.ProduceBlocksAsync(20);
        scene.Chain.Faults.TimeOutFinality();
        scene.Chain.Faults.ReleaseFinality();
    }

    public static async Task UpgradeWhileUnreachable(PlaceScene scene, DevRuntime to)
    {
        await scene.Chain.StopListeningAsync();
        scene.Chain.Upgrade(to);
        await scene.Chain.ProduceBlockAsync();
        await scene.Chain.ResumeListeningAsync(scene.Patience);
    }

    /// <summary>An upgrade that a re-organisation takes back, and that comes again.</summary>
    public static async Task RetractUpgrade(PlaceScene scene, DevRuntime to)
    {
        scene.Chain.Faults.HoldFinality();
        scene.Chain.Upgrade(to);
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Faults.Reorganise(2);
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Upgrade(to);
        scene.Chain.Faults.ReleaseFinality();
    }

    static Task Now(Action fault)
    {
        fault();
        return Task.CompletedTask;
    }

    static async Task HoldAsync(PlaceScene scene, bool reversed)
    {
        scene.Chain.Faults.HoldReplies();
        await scene.Chain.ProduceBlocksAsync(3);
        await scene.Chain.Faults.WhenRepliesHeldAsync(1).WaitAsync(scene.Patience);
        scene.Chain.Faults.ReleaseReplies(reversed);
    }
}
