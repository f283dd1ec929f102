using Bittensor.Substrate;

namespace DevNet.Tests.Faults;

/// <summary>What the chain itself can do to the client's blocks and transactions.</summary>
static class ChainFaults
{
    public static async Task ReorganiseHead(FaultScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        await scene.Chain.ProduceBlocksAsync(3);
        scene.Chain.Faults.Reorganise(3);
        scene.Chain.Faults.ReleaseFinality();
    }

    /// <summary>In a block, out of it, in another.</summary>
    public static async Task RetractTransaction(FaultScene scene)
    {
        scene.Options.WaitForFinalization = true;
        scene.Chain.Faults.HoldFinality();
        scene.Move();
        var serving = await scene.SubmitAsync();
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Faults.Reorganise(1);
        await scene.Chain.ProduceBlockAsync();
        var number = scene.Chain.BlockNumber;
        scene.Chain.Faults.ReleaseFinality();
        var receipt = await scene.FinaliseAsync(serving);

        var at = await scene.Client.Substrate.GetStorageAsync("System", "Number", [], receipt.Block, scene.Patience);
        Assert.Equal((true, number), (receipt.IsFinalized, at!.AsUInt64()));
    }

    public static Task DropTransaction(FaultScene scene) => LoseAsync(scene, scene.Chain.Faults.DropTransactions);

    public static Task InvalidateTransaction(FaultScene scene) => LoseAsync(scene, scene.Chain.Faults.InvalidateTransactions);

    /// <summary>Somebody else signs with the miner's key: that is told, and the next attempt goes through.</summary>
    public static async Task UsurpTransaction(FaultScene scene)
    {
        scene.Move();
        var serving = await scene.SubmitAsync();
        scene.Chain.Faults.UsurpTransactions();
        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);
        Assert.Equal(("Usurped", ExtrinsicStage.Pool), (fault.ErrorName, fault.Stage));
        await scene.ServeAsync();
    }

    public static async Task DelayFinality(FaultScene scene)
    {
        scene.Options.WaitForFinalization = true;
        scene.Chain.Faults.HoldFinality();
        scene.Move();
        var serving = await scene.SubmitAsync();
        await scene.Chain.ProduceBlocksAsync(20);
        scene.Chain.Faults.ReleaseFinality();
        Assert.True((await serving).IsFinalized);
    }

    /// <summary>The block stays; only the word that it is final never comes.</summary>
    public static async Task TimeOutFinality(FaultScene scene)
    {
        scene.Options.WaitForFinalization = true;
        scene.Chain.Faults.HoldFinality();
        scene.Move();
        var serving = await scene.SubmitAsync();
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Faults.TimeOutFinality();
        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);
        Assert.Equal("FinalityTimeout", fault.ErrorName);
        scene.Chain.Faults.ReleaseFinality();
    }

    public static async Task UpgradeRuntime(FaultScene scene)
    {
        scene.Chain.Upgrade(Later(scene));
        scene.Move();
        await scene.ServeAsync();
    }

    /// <summary>The block that installs the code holds the transaction: its events are the old runtime's, everything else is the new one's.</summary>
    public static async Task UpgradeRuntimeInTheTransactionsBlock(FaultScene scene)
    {
        scene.Move();
        var serving = await scene.SubmitAsync();
        scene.Chain.Upgrade(Later(scene));
        var receipt = await serving;
        Assert.Contains(receipt.Events, item => item is { Pallet: "SubtensorModule", Name: "AxonServed" });
    }

    public static async Task UpgradeRuntimeWhileUnreachable(FaultScene scene)
    {
        await scene.Chain.StopListeningAsync();
        scene.Chain.Upgrade(Later(scene));
        await scene.Chain.ProduceBlockAsync();
        await scene.Chain.ResumeListeningAsync(scene.Patience);
        scene.Move();
        await scene.ServeAsync();
    }

    /// <summary>An upgrade that a re-organisation takes back, and that comes again.</summary>
    public static async Task RetractUpgrade(FaultScene scene)
    {
        scene.Chain.Faults.HoldFinality();
        scene.Chain.Upgrade(Later(scene));
        await scene.Chain.ProduceBlockAsync();
        scene.Chain.Faults.Reorganise(2);
        scene.Move();
        await scene.ServeAsync();
        scene.Chain.Upgrade(Later(scene));
        scene.Chain.Faults.ReleaseFinality();
    }

    static DevRuntime Later(FaultScene scene) => scene.Runtime == DevRuntime.Classic ? DevRuntime.Current : DevRuntime.Next;

    /// <summary>The client signs anew, once, without being told.</summary>
    static async Task LoseAsync(FaultScene scene, Action lose)
    {
        scene.Move();
        var serving = await scene.SubmitAsync();
        lose();
        await Task.WhenAny(serving, scene.Chain.WhenPooledAsync());
        await scene.Chain.ProduceBlockAsync();
        await serving;
    }
}
