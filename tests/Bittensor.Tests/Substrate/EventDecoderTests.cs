using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class EventDecoderTests
{
    static readonly BlockHash Block = new(new byte[32]);

    [Fact]
    public void Decode_RealEventsOfSpec204_AreNamed()
    {
        var value = VectorFile.Chain["storage_values_spec204"].EnumerateArray().Single(item => item.Text("item") == "System.Events at head #4").Hex("value");

        var events = EventDecoder.Decode(TestRuntime.Metadata(RuntimeAge.Classic), value);

        Assert.Equal(
            [
                "0 System.ExtrinsicSuccess", "1 Balances.Upgraded", "1 Balances.Withdraw", "1 SubtensorModule.RAORecycledForRegistrationSet",
                "1 SubtensorModule.NeuronRegistered", "1 TransactionPayment.TransactionFeePaid", "1 System.ExtrinsicSuccess",
            ],
            events.Select(item => $"{item.ExtrinsicIndex} {item.Pallet}.{item.Name}"));
        Assert.Equal(1000000000UL, events[3].Fields.Values[1].AsUInt64());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_EventsOfSpec393_AreNamed(bool real)
    {
        var metadata = real ? FinneyMetadata.Metadata : TestRuntime.Metadata(RuntimeAge.Current, 16);

        var events = EventDecoder.Decode(metadata, VectorFile.Chain["events_spec393_synthetic"].Hex("hex"));

        Assert.Equal(
            [
                "2 SubtensorModule.AxonServed", "2 TransactionPayment.TransactionFeePaid", "2 System.ExtrinsicSuccess", "3 System.ExtrinsicFailed",
                "4 System.ExtrinsicFailed",
            ],
            events.Select(item => $"{item.ExtrinsicIndex} {item.Pallet}.{item.Name}"));
        Assert.Equal(27UL, events[0].Fields.Values[0].AsUInt64());
        Assert.Equal(31278000UL, events[2].Fields["dispatch_info"]["weight"]["ref_time"].AsUInt64());
        Assert.Equal(3, EventDecoder.OutcomeOf(metadata, events, 2, Block).Length);
    }

    [Fact]
    public void OutcomeOf_FailedCall_HasPalletNameAndDocs()
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Current);
        var events = EventDecoder.Decode(metadata, VectorFile.Chain["events_spec393_synthetic"].Hex("hex"));

        var limited = Assert.Throws<ExtrinsicFailedException>(() => EventDecoder.OutcomeOf(metadata, events, 3, Block));
        Assert.Equal((ExtrinsicStage.Dispatch, "SubtensorModule", "ServingRateLimitExceeded"), (limited.Stage, limited.Pallet, limited.ErrorName));
        Assert.Equal("Docs of ServingRateLimitExceeded in two lines.", limited.Docs);
        var origin = Assert.Throws<ExtrinsicFailedException>(() => EventDecoder.OutcomeOf(metadata, events, 4, Block));
        Assert.Equal((null, "BadOrigin"), (origin.Pallet, origin.ErrorName));
    }

    [Fact]
    public void OutcomeOf_ExtrinsicWithoutOutcome_IsRefused()
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Current);
        var events = EventDecoder.Decode(metadata, VectorFile.Chain["events_spec393_synthetic"].Hex("hex"));

        Assert.Throws<ScaleException>(() => EventDecoder.OutcomeOf(metadata, events, 9, Block));
    }

    [Fact]
    public void OutcomeOf_FieldsWithoutNames_AreReadByTheirPlace()
    {
        var metadata = TestRuntime.Metadata(RuntimeAge.Current);
        var error = new ScaleValue.Variant("BadOrigin", 2, new ScaleValue.Composite([], []));
        var failed = new ChainEvent(3, "System", "ExtrinsicFailed", new ScaleValue.Composite([null, null], [error, ScaleValue.Of(0)]));

        Assert.Equal("BadOrigin", Assert.Throws<ExtrinsicFailedException>(() => EventDecoder.OutcomeOf(metadata, [failed], 3, Block)).ErrorName);
    }

    [Fact]
    public void OutcomeOf_FailureWithoutAnyField_IsUndecodable()
    {
        var failed = new ChainEvent(3, "System", "ExtrinsicFailed", new ScaleValue.Composite([], []));

        Assert.Throws<ScaleException>(() => EventDecoder.OutcomeOf(TestRuntime.Metadata(RuntimeAge.Current), [failed], 3, Block));
    }
}
