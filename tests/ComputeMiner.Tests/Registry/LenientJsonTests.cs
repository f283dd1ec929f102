using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

public class LenientJsonTests
{
    [Theory]
    [InlineData("""{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN \" Infinity"}""", """{"a":null,"b":[null,null],"c":"NaN \u0022 Infinity"}""")]
    [InlineData("""{"a":[-1,-Infinity,NaN],"Infinity":"-NaN","I":"\\"}""", """{"a":[-1,null,null],"Infinity":"-NaN","I":"\\"}""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""[1]""", null)]
    [InlineData("""{"a":NaNa}""", null)]
    [InlineData("""{"a":"NaN""", null)]
    [InlineData("", null)]
    public void ParseObject_OfWhatPythonWrites_IsTheObject(string text, string? expected) =>
        Assert.Equal(expected, LenientJson.ParseObject(text)?.ToJsonString());

    /// <summary>A stranger's document costs no multiple of its size.</summary>
    [Fact]
    public void ParseObject_OfALongTextWithABareWord_TakesLittleMemory()
    {
        var text = """{"a":NaN,"b":[""" + new string(' ', 900_000) + "]}";
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.NotNull(LenientJson.ParseObject(text));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * text.Length);
    }

    [Fact]
    public void ParseObject_OfADeepText_IsNull() =>
        Assert.Null(LenientJson.ParseObject("""{"a":""" + new string('[', 100_000) + new string(']', 100_000) + "}"));
}
