using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class DispatchFailureTests
{
    static readonly string[] Names =
        ["InvalidIpType", "InvalidIpAddress", "InvalidPort", "HotKeyNotRegisteredInSubNet", "HotKeyNotRegisteredInNetwork", "ServingRateLimitExceeded"];

    public static TheoryData<string> ErrorNames => [.. Names];

    [Theory]
    [MemberData(nameof(ErrorNames))]
    public void Describe_ErrorOfEachSpec_HasItsName(string name)
    {
        var byColumn = VectorFile.Chain["error_index_by_spec"].GetProperty(name);
        (RuntimeMetadata Metadata, int Column)[] runtimes = [(TestRuntime.Metadata(RuntimeAge.Classic), 0), (TestRuntime.Metadata(RuntimeAge.Current), 2)];

        foreach (var (metadata, column) in runtimes)
            Assert.Equal(name, Describe(metadata, 7, byColumn[column].GetByte()).ErrorName);
        Assert.Equal(name, Describe(FinneyMetadata.Metadata, 7, byColumn[1].GetByte()).ErrorName);
        Assert.Equal(name, Describe(TestRuntime.Metadata(RuntimeAge.Next, 16), 9, byColumn[3].GetByte()).ErrorName);
    }

    public static TheoryData<string> Results => VectorFile.Chain.Names("dispatch_results_spec204_observed", "case");

    [Theory]
    [MemberData(nameof(Results))]
    public void Describe_ObservedResult_HasTheRecordedMeaning(string name)
    {
        var vector = VectorFile.Chain.Find("dispatch_results_spec204_observed", name);
        var bytes = vector.Hex("hex");
        // Ok(Err(Module { index, error })): two tags, then the dispatch error.
        if (bytes is not [0, 1, 3, var pallet, var error, ..])
        {
            Assert.Contains(Convert.ToHexStringLower(bytes), new[] { "0000", "010003" });
            return;
        }
        Assert.Contains(Describe(TestRuntime.Metadata(RuntimeAge.Classic), pallet, error).ErrorName, vector.Text("meaning"));
    }

    [Fact]
    public void Describe_ErrorNotInTheMetadata_SaysItsNumbers() =>
        Assert.Equal("Module7Error99", Describe(TestRuntime.Metadata(RuntimeAge.Current), 7, 99).ErrorName);

    [Fact]
    public void Describe_NestedError_NamesBoth()
    {
        var frozen = new ScaleValue.Variant("Frozen", 5, new ScaleValue.Composite([], []));
        var token = new ScaleValue.Variant("Token", 7, new ScaleValue.Composite([null], [frozen]));

        Assert.Equal("Token.Frozen", DispatchFailure.Describe(TestRuntime.Metadata(RuntimeAge.Current), token, null).ErrorName);
    }

    static ExtrinsicFailedException Describe(RuntimeMetadata metadata, byte pallet, byte error)
    {
        var events = metadata.Cases(metadata.Pallet("System").Events);
        var type = events.Find("ExtrinsicFailed")!.Fields[0].Type;
        return DispatchFailure.Describe(metadata, ScaleDecoder.Decode(metadata.Types, type, [3, pallet, error, 0, 0, 0]), null);
    }
}
