using System.Text.Json;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

public class HeaderReaderTests
{
    public static TheoryData<string> Headers => VectorFile.Chain.Names("headers_spec204", "number");

    [Theory]
    [MemberData(nameof(Headers))]
    public void Read_Vector_ComputesTheHash(string name)
    {
        var vector = VectorFile.Chain.Find("headers_spec204", name);

        var header = HeaderReader.Read(vector.GetProperty("header_json"));

        Assert.Equal(vector.GetProperty("number").GetUInt64(), header.Number);
        Assert.Equal(vector.Text("blake2_256"), header.Hash.ToString());
        Assert.Equal(vector.GetProperty("header_json").Text("parentHash"), header.ParentHash.ToString());
    }

    [Theory]
    [InlineData("\"0x4\"", 4)]
    [InlineData("\"0x74c8f1\"", 7653617)]
    [InlineData("7", 7)]
    public void Read_NumberOfAnyWidth_IsRead(string number, ulong expected) => Assert.Equal(expected, HeaderReader.Read(Json(number, Zeros)).Number);

    [Theory]
    [InlineData("\"0x\"")]
    [InlineData("null")]
    [InlineData("\"0xfffffffffffffffff\"")]
    public void Read_NoNumber_IsTheNodesFailure(string number) => Assert.Throws<SubstrateException>(() => HeaderReader.Read(Json(number, Zeros)));

    [Theory]
    [InlineData("\"0x00\"")]
    [InlineData("5")]
    public void Read_NoParentHash_IsTheNodesFailure(string parent) => Assert.Throws<SubstrateException>(() => HeaderReader.Read(Json("\"0x1\"", parent)));

    const string Zeros = "\"0x0000000000000000000000000000000000000000000000000000000000000000\"";

    static JsonElement Json(string number, string parent) => JsonDocument.Parse(
        $$"""{"parentHash":{{parent}},"number":{{number}},"stateRoot":{{Zeros}},"extrinsicsRoot":{{Zeros}},"digest":{"logs":[] } }""").RootElement;
}
