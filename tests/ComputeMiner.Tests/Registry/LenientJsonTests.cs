using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

public class LenientJsonTests
{
    [Theory]
    [InlineData("""{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \" Infinity"}""", """{"a":null,"b":[null,null],"c":"NaN \u0022 Infinity"}""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""[1]""", null)]
    [InlineData("""{"a":NaNa}""", null)]
    [InlineData("""{"a":"NaN""", null)]
    [InlineData("", null)]
    public void ParseObject_OfWhatPythonWrites_IsTheObject(string text, string? expected) =>
        Assert.Equal(expected, LenientJson.ParseObject(text)?.ToJsonString());

    [Fact]
    public void ParseObject_OfADeepText_IsNull() =>
        Assert.Null(LenientJson.ParseObject("""{"a":""" + new string('[', 100_000) + new string(']', 100_000) + "}"));
}
