using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

public class PoolErrorTests
{
    [Theory]
    [InlineData(1010, "Transaction is outdated", "Stale")]
    [InlineData(1010, "Transaction will be valid in the future", "Future")]
    [InlineData(1010, "Transaction has a bad signature", "BadProof")]
    [InlineData(1010, "Transaction has an ancient birth block", "AncientBirthBlock")]
    [InlineData(1010, "Inability to pay some fees (e.g. account balance too low)", "Payment")]
    [InlineData(1010, "Custom error: 10", "HotKeyNotRegisteredInNetwork")]
    [InlineData(1010, "Custom error: 11", "InvalidIpAddress")]
    [InlineData(1010, "Custom error: 12", "ServingRateLimitExceeded")]
    [InlineData(1010, "Custom error: 13", "InvalidPort")]
    [InlineData(1010, "Custom error: 27", "DelegateTakeTooHigh")]
    [InlineData(1010, "Custom error: 255", "BadRequest")]
    [InlineData(1010, "Custom error: 99", "Custom99")]
    [InlineData(1010, "something new", "InvalidTransaction")]
    [InlineData(1010, null, "InvalidTransaction")]
    [InlineData(1012, null, "TemporarilyBanned")]
    [InlineData(1013, null, "AlreadyImported")]
    [InlineData(1014, "(old vs new)", "TooLowPriority")]
    [InlineData(1016, null, "ImmediatelyDropped")]
    public void Describe_PoolRefusal_HasAName(int code, string? data, string name)
    {
        var refusal = PoolError.Describe(new SubstrateException("refused", false) { Code = code, ErrorData = data });

        Assert.NotNull(refusal);
        Assert.Equal((ExtrinsicStage.Pool, name, code), (refusal.Stage, refusal.ErrorName, refusal.PoolCode));
    }

    [Theory]
    [InlineData(-32601)]
    [InlineData(4003)]
    [InlineData(null)]
    public void Describe_OtherError_IsNotThePools(int? code) => Assert.Null(PoolError.Describe(new SubstrateException("refused", false) { Code = code }));
}
