using ComputeMiner.Updates;

namespace ComputeMiner.Tests.Updates;

public class PublishedVersionsTests
{
    /// <summary>The lines as they stand in neuralinternet/ni-compute, compute/__init__.py, at its version 1.9.0.</summary>
    public const string Reference = """
        import string

        # Define the version of the template module.
        __version__ = "1.9.0"
        __minimal_miner_version__ = "1.8.5"
        __minimal_validator_version__ = "1.8.8"

        version_split = __version__.split(".")
        __version_as_int__ = (100 * int(version_split[0])) + (10 * int(version_split[1])) + (1 * int(version_split[2]))
        """;

    [Fact]
    public void Parse_TheReferencesFile_FindsAllThree() => Assert.Equal(new PublishedVersions(190, 185, 188), PublishedVersions.Parse(Reference));

    [Theory]
    [InlineData("__minimal_validator_version__ = '1.10.2'\r\n", null, null, 202u)]
    [InlineData("__minimal_validator_version__=\"1.8.8\"", null, null, 188u)]
    [InlineData("  __version__ = \"1.9.0\"\n__minimal_miner_version__ = \"1.8.5\"", null, 185u, null)]
    [InlineData("__version__ = \"1.9.0\"\n__version__ = \"2.0.0\"\n__minimal_miner_version__ = 1.8", 190u, null, null)]
    public void Parse_OtherForms_AsTheReferenceReadsThem(string text, uint? current, uint? miner, uint? validator) =>
        Assert.Equal(new PublishedVersions(current, miner, validator), PublishedVersions.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("<html>404: Not Found</html>")]
    [InlineData("__version__ = \"1.9\"")]
    [InlineData("__version__ = \"1.-9.0\"")]
    [InlineData("__version__ = \"99999999999.0.0\"")]
    [InlineData("__version__")]
    [InlineData("\0\ufffd")]
    public void Parse_NothingOfUse_Null(string text) => Assert.Null(PublishedVersions.Parse(text));

    [Theory]
    [InlineData(190u, "1.9.0")]
    [InlineData(7u, "0.0.7")]
    [InlineData(1090u, "1090")]
    public void Show_Number_Dotted(uint version, string expected) => Assert.Equal(expected, SubnetVersion.Show(version));
}
