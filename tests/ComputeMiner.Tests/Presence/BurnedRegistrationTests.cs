using Bittensor.Substrate;
using Bittensor.Subtensor;
using ComputeMiner.Presence;

namespace ComputeMiner.Tests.Presence;

/// <summary>The uid a registration was given, as events of other runtimes may say it.</summary>
public class BurnedRegistrationTests
{
    [Fact]
    public void UidIn_FieldsWithoutNames_IsTheSecond() =>
        Assert.Equal<Uid?>(new Uid(7), BurnedRegistration.UidIn([Event([null, null, null], ScaleValue.Of(27), ScaleValue.Of(7), ScaleValue.Of(0))]));

    [Fact]
    public void UidIn_FieldsInAnotherOrder_IsTheOneOfThatName() =>
        Assert.Equal<Uid?>(new Uid(7), BurnedRegistration.UidIn([Event(["hotkey", "netuid", "uid"], ScaleValue.Of(0), ScaleValue.Of(27), ScaleValue.Of(7))]));

    [Fact]
    public void UidIn_EventThatSaysNoUid_IsUnknown()
    {
        Assert.Null(BurnedRegistration.UidIn([]));
        Assert.Null(BurnedRegistration.UidIn([Event([])]));
        Assert.Null(BurnedRegistration.UidIn([Event(["netuid"], ScaleValue.Of(27))]));
        Assert.Null(BurnedRegistration.UidIn([Event([null, null], ScaleValue.Of(27), ScaleValue.Of(70_000))]));
        Assert.Null(BurnedRegistration.UidIn([Event([null, null], ScaleValue.Of(27), new ScaleValue.Text("7"))]));
    }

    static ChainEvent Event(string?[] names, params ScaleValue[] values) =>
        new(1, "SubtensorModule", "NeuronRegistered", new ScaleValue.Composite([.. names], [.. values]));
}
