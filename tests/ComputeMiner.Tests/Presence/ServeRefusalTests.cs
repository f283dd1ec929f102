using Bittensor.Substrate;
using ComputeMiner.Presence;

namespace ComputeMiner.Tests.Presence;

public class ServeRefusalTests
{
    [Theory]
    [InlineData("Stale", 1)]
    [InlineData("BadProof", 1)]
    [InlineData("AncientBirthBlock", 1)]
    [InlineData("AlreadyImported", 1)]
    [InlineData("TooLowPriority", 1)]
    [InlineData("TemporarilyBanned", 1)]
    [InlineData("Expired", 1)]
    [InlineData("Usurped", 1)]
    public void Of_WhatTheNextBlockDecides_WaitsOneBlock(string name, int wait)
    {
        var verdict = ServeRefusal.Of(new ExtrinsicFailedException(ExtrinsicStage.Pool, name, ""));

        Assert.Equal((AxonStage.Waiting, (ulong?)wait), (verdict.Stage, verdict.Wait));
    }

    [Theory]
    [InlineData("HotKeyNotRegisteredInNetwork", "NotRegistered", "register")]
    [InlineData("HotKeyNotRegisteredInSubNet", "NotRegistered", "register")]
    [InlineData("SubnetNotExists", "NotRegistered", "register")]
    [InlineData("InvalidPort", "Failing", "--axon.external_port")]
    [InlineData("InvalidIpType", "Failing", "--axon.external_ip")]
    [InlineData("CallFiltered", "Failing", "safe mode")]
    public void Of_WhatSomebodyMustMend_WaitsLongAndNamesIt(string name, string stage, string remedy)
    {
        var verdict = ServeRefusal.Of(new ExtrinsicFailedException(ExtrinsicStage.Dispatch, name, ""));

        Assert.Equal((stage, (ulong?)ServeRefusal.OutsideInterval), (verdict.Stage.ToString(), verdict.Wait));
        Assert.Contains(remedy, verdict.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServeRefusal.RateLimit, "Waiting")]
    [InlineData("SomethingNew", "Failing")]
    public void Of_Others_LeaveTheWaitToTheLimitOrToBackingOff(string name, string stage)
    {
        var verdict = ServeRefusal.Of(new ExtrinsicFailedException(ExtrinsicStage.Pool, name, ""));

        Assert.Equal((stage, null), (verdict.Stage.ToString(), verdict.Wait));
    }
}
