using ComputeMiner.Releases;

namespace ComputeMiner.Tests.Releases;

public class ReleaseVersionTests
{
    /// <summary>The example of Semantic Versioning 2.0.0, item 11, and numbers that compare otherwise as text.</summary>
    [Fact]
    public void CompareTo_OrderOfTheSpecification_Holds()
    {
        string[] ordered =
        [
            "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
            "1.0.1", "1.9.0", "1.10.0", "2.0.0-0", "2.0.0", "10.0.0",
        ];
        for (var i = 0; i < ordered.Length; i++)
        {
            for (var j = 0; j < ordered.Length; j++)
                Assert.Equal(Math.Sign(i - j), Math.Sign(Parse(ordered[i]).CompareTo(Parse(ordered[j]))));
        }
    }

    [Fact]
    public void TryParse_Build_MakesNoOtherVersion()
    {
        Assert.Equal(Parse("1.2.3"), Parse("1.2.3+abc"));
        Assert.Equal("1.2.3", Parse("1.2.3+abc").Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("v1.2.3")]
    [InlineData("01.2.3")]
    [InlineData("1.-2.3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-../../etc")]
    [InlineData("1.2.3-a/b")]
    [InlineData("9999999999.0.0")]
    [InlineData(" 1.2.3")]
    public void TryParse_Other_IsNone(string text) => Assert.False(ReleaseVersion.TryParse(text, out _));

    [Fact]
    public void Own_IsTheProducts() => Assert.Equal(ProductVersion.Text, ReleaseVersion.Own.Text);

    static ReleaseVersion Parse(string text) => ReleaseVersion.TryParse(text, out var version) ? version : throw new FormatException(text);
}
