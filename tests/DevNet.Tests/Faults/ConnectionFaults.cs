using System.Text;
using Bittensor.Substrate;
using static DevNet.Tests.Faults.FaultScene;

namespace DevNet.Tests.Faults;

/// <summary>What a connection can do to the client. Each ends with the node well again.</summary>
static class ConnectionFaults
{
    public const int FrameLimit = 1024 * 1024;

    public static async Task CloseSockets(FaultScene scene)
    {
        scene.Chain.Faults.CloseConnections();
        await scene.Client.GetUidAsync(Compute, scene.Miner.Hotkey, scene.Patience);
        scene.Chain.Faults.CloseConnections();
    }

    /// <summary>The transaction is in the pool, and a block holds it by the time anybody can ask.</summary>
    public static async Task CloseSocketsWhileServing(FaultScene scene)
    {
        scene.Move();
        var serving = await scene.SubmitAsync();
        scene.Chain.Faults.CloseConnections();
        await scene.Chain.ProduceBlockAsync();
        Assert.Equal(scene.Chain.BlockNumber, await BlockOfAsync(scene, await serving));
    }

    public static async Task StopListening(FaultScene scene)
    {
        await scene.Chain.StopListeningAsync();
        await scene.Chain.ProduceBlocksAsync(3);
        await scene.Chain.ResumeListeningAsync(scene.Patience);
    }

    public static async Task StopListeningWhileServing(FaultScene scene)
    {
        scene.Move();
        var serving = await scene.SubmitAsync();
        await scene.Chain.StopListeningAsync();
        await scene.Chain.ProduceBlocksAsync(2);
        await scene.Chain.ResumeListeningAsync(scene.Patience);
        Assert.Equal(scene.Chain.BlockNumber - 1, await BlockOfAsync(scene, await serving));
    }

    /// <summary>A server that takes connections and says nothing: the client gives it up by itself.</summary>
    public static async Task Hang(FaultScene scene)
    {
        scene.Chain.Faults.StopAnswering();
        var fault = await Assert.ThrowsAsync<SubstrateException>(() => scene.PassingTimeAsync(scene.Client.GetBurnAsync(Compute, scene.Patience)));
        Assert.True(fault.IsTransient, fault.Message);
        scene.Chain.Faults.ResumeAnswering();
    }

    public static async Task AnswerLate(FaultScene scene)
    {
        scene.Chain.Faults.HoldReplies();
        var metagraph = scene.Client.GetMetagraphAsync(Compute, scene.Patience);
        await scene.Chain.Faults.WhenRepliesHeldAsync(1);
        await scene.Chain.ProduceBlocksAsync(3);
        scene.Chain.Faults.ReleaseReplies();
        Assert.Equal(2, (await metagraph).Neurons.Length);
    }

    public static async Task AnswerOutOfOrder(FaultScene scene)
    {
        scene.Chain.Faults.HoldReplies();
        var uid = scene.Client.GetUidAsync(Compute, scene.Miner.Hotkey, scene.Patience);
        var burn = scene.Client.GetBurnAsync(Compute, scene.Patience);
        var balance = scene.Client.GetBalanceAsync(DevAccounts.Eve, scene.Patience);
        var axon = scene.Client.GetAxonAsync(Compute, scene.Miner.Hotkey, scene.Patience);
        await scene.Chain.Faults.WhenRepliesHeldAsync(4);
        scene.Chain.Faults.ReleaseReplies(reversed: true);

        Assert.Equal((new(1), 100_000_000UL, 1_000_000_000_000_000UL), (await uid, await burn, await balance));
        Assert.Equal(scene.Place.Port, (await axon)!.Port);
    }

    public static Task SendGarbage(FaultScene scene)
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

    /// <summary>Text frames must be UTF-8; the socket itself ends at this one.</summary>
    public static Task SendInvalidText(FaultScene scene)
    {
        scene.Chain.Faults.SendToAll([0xFF, 0xFE, 0xC0, 0x80]);
        return Task.CompletedTask;
    }

    public static Task SendOversizedFrame(FaultScene scene)
    {
        scene.Chain.Faults.SendToAll(new byte[FrameLimit + 1]);
        return Task.CompletedTask;
    }

    public static async Task TruncateReply(FaultScene scene)
    {
        scene.Chain.Faults.TruncateNextReply();
        Assert.Equal(100_000_000UL, await scene.PassingTimeAsync(scene.Client.GetBurnAsync(Compute, scene.Patience)));
    }

    public static async Task NotifyBeforeReply(FaultScene scene)
    {
        scene.Chain.Faults.NotifyBeforeReply();
        scene.Chain.Faults.CloseConnections();
        scene.Move();
        await scene.ServeAsync();
    }

    /// <summary>A node of another chain stands first in the list; nothing is ever asked of it again, let alone signed.</summary>
    public static async Task ComeToAnotherChain(FaultScene scene)
    {
        await using var other = await DevChain.StartAsync(new DevChainOptions { Burn = 1 });
        Assert.NotEqual(scene.Chain.GenesisHash, other.GenesisHash);
        scene.Options.Endpoints = [other.Endpoint, scene.Chain.Endpoint];
        scene.Chain.Faults.CloseConnections();
        scene.Move();
        await scene.ServeAsync();
        Assert.Equal(100_000_000UL, await scene.Client.GetBurnAsync(Compute, scene.Patience));
    }

    static async Task<ulong> BlockOfAsync(FaultScene scene, ExtrinsicReceipt receipt)
    {
        var number = await scene.Client.Substrate.GetStorageAsync("System", "Number", [], receipt.Block, scene.Patience);
        return number!.AsUInt64();
    }
}
