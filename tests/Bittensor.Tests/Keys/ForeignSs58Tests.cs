using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public class ForeignSs58Tests
{
    public static TheoryData<string> OtherFormats => VectorFile.Ss58.Names("other_formats", "format");

    [Theory, MemberData(nameof(OtherFormats))]
    public void IsAddress_AnotherFormatOfAKey_IsOne(string name) =>
        Assert.True(ForeignSs58.IsAddress(VectorFile.Ss58.Find("other_formats", name).Text("address")));

    [Theory]
    [InlineData("")]
    [InlineData("notss58")]
    [InlineData("5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi")]
    [InlineData("5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fj")]
    [InlineData("12pWV6LvG4iAfNpFNTvvkWy3H9H8wtCkjiXupAzo2BCmPViN")]
    [InlineData("11111111111111111111111111111111111111111111111111")]
    public void IsAddress_OurFormatOrNoAddress_IsNot(string text) => Assert.False(ForeignSs58.IsAddress(text));
}
