using Bittensor.Substrate;

namespace DevNet.Tests.Faults;

/// <summary>Every way the pool refuses: named for the operator, mended where signing anew mends it, and over with the next attempt.</summary>
public class PoolRefusalTests
{
    const string Invalid = "Invalid Transaction";

    [Theory]
    [InlineData("Transaction is outdated")]
    [InlineData("Transaction has a bad signature")]
    [InlineData("Transaction has an ancient birth block")]
    public async Task Serve_RefusedForItsSignature_SignsAnewByItself(string data)
    {
        await using var scene = await FaultScene.OpenAsync(DevRuntime.Current);
        scene.Chain.Faults.RefuseNext(1010, Invalid, data);
        scene.Move();

        await scene.ServeAsync();

        await scene.AssertInPlaceAsync();
    }

    [Theory]
    [InlineData(1001, "Extrinsic has invalid format", null, "BadFormat")]
    [InlineData(1002, "Verification Error: Runtime error", "Execution failed", "VerificationError")]
    [InlineData(1010, Invalid, "Transaction call is not expected", "Call")]
    [InlineData(1010, Invalid, "Inability to pay some fees (e.g. account balance too low)", "Payment")]
    [InlineData(1010, Invalid, "Transaction will be valid in the future", "Future")]
    [InlineData(1010, Invalid, "Transaction would exhaust the block limits", "ExhaustsResources")]
    [InlineData(1010, Invalid, "Invalid signing address", "BadSigner")]
    [InlineData(1010, Invalid, "Custom error: 10", "HotKeyNotRegisteredInNetwork")]
    [InlineData(1010, Invalid, "Custom error: 11", "InvalidIpAddress")]
    [InlineData(1010, Invalid, "Custom error: 12", "ServingRateLimitExceeded")]
    [InlineData(1010, Invalid, "Custom error: 13", "InvalidPort")]
    [InlineData(1010, Invalid, "Custom error: 99", "Custom99")]
    [InlineData(1010, Invalid, "Custom error: 255", "BadRequest")]
    [InlineData(1010, Invalid, "Something newer than this program", "InvalidTransaction")]
    [InlineData(1011, "Unknown Transaction Validity", "Could not find an unsigned validator for the unsigned transaction", "UnknownValidity")]
    [InlineData(1012, "Transaction is temporarily banned", null, "TemporarilyBanned")]
    [InlineData(1014, "Priority is too low: (1 vs 1)", "The transaction has too low priority", "TooLowPriority")]
    [InlineData(1015, "Cycle Detected", null, "CycleDetected")]
    [InlineData(1016, "Immediately Dropped", "The transaction couldn't enter the pool because of the limit", "ImmediatelyDropped")]
    [InlineData(1018, "Unactionable", null, "Unactionable")]
    [InlineData(1019, "No tags provided", null, "NoTagsProvided")]
    [InlineData(1020, "Invalid block ID", null, "InvalidBlockId")]
    [InlineData(1021, "The pool is not accepting future transactions", null, "FutureRefused")]
    [InlineData(1040, "Pool error", null, "PoolError")]
    public async Task Serve_Refused_IsNamedAndTheNextAttemptGoesThrough(int code, string message, string? data, string name)
    {
        await using var scene = await FaultScene.OpenAsync(DevRuntime.Current);
        scene.Chain.Faults.RefuseNext(code, message, data);
        scene.Move();

        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(scene.ServeAsync);
        await scene.ServeAsync();

        Assert.Equal((name, code, ExtrinsicStage.Pool), (fault.ErrorName, fault.PoolCode, fault.Stage));
        await scene.AssertInPlaceAsync();
    }

    /// <summary>The pool says that it has the bytes. They are never seen in a block, and the era ends the waiting.</summary>
    [Fact]
    public async Task Serve_AlreadyImportedAndLost_ExpiresAndTheNextAttemptGoesThrough()
    {
        await using var scene = await FaultScene.OpenAsync(DevRuntime.Current, options => options.EraPeriod = 4);
        scene.Chain.Faults.RefuseNext(1013, "Transaction Already Imported");
        scene.Move();

        var serving = scene.Client.ServeAxonAsync(FaultScene.Compute, scene.Place, scene.Miner, scene.Patience);
        await scene.Chain.Faults.WhenRefusedAsync();
        await scene.Chain.ProduceBlocksAsync(8);
        var fault = await Assert.ThrowsAsync<ExtrinsicFailedException>(() => serving);
        await scene.ServeAsync();

        Assert.Equal("Expired", fault.ErrorName);
        await scene.AssertInPlaceAsync();
    }
}
