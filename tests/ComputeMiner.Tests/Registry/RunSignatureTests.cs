using Bittensor.Keys;
using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

public class RunSignatureTests
{
    /// <summary>Made by the reference's own keypair over the SHA-256 of the run id.</summary>
    const string OfReference =
        "18dde3d7f3461d9366e533c48585edec85561d80fa9941f9fd2d32a6ddbb852052b6237c7f8217d3538e033364c3d7aae3de769337491bd9864ce4f749b55480";

    static readonly Keypair Alice = Keypair.FromUri("//Alice");

    [Fact]
    public void Verify_OfTheReferencesSignature_Holds() => Assert.True(RunSignature.Verify(Alice.Hotkey, "abcd1234", OfReference));

    [Theory]
    [InlineData("abcd1235", OfReference)]
    [InlineData("abcd1234", "")]
    [InlineData("abcd1234", "0x" + OfReference)]
    [InlineData("abcd1234", OfReference + "00")]
    [InlineData("abcd1234", "zz" + "dde3d7f3461d9366e533c48585edec85561d80fa9941f9fd2d32a6ddbb852052b6237c7f8217d3538e033364c3d7aae3de769337491bd9864ce4f749b55480")]
    public void Verify_OfAnythingElse_Fails(string run, string signature) => Assert.False(RunSignature.Verify(Alice.Hotkey, run, signature));

    [Fact]
    public void Sign_OfARun_IsLowerCaseHexThatVerifiesForItAlone()
    {
        var signature = RunSignature.Sign(Alice, "ev0dlel3");

        Assert.Matches("^[0-9a-f]{128}$", signature);
        Assert.True(RunSignature.Verify(Alice.Hotkey, "ev0dlel3", signature));
        Assert.False(RunSignature.Verify(Keypair.FromUri("//Bob").Hotkey, "ev0dlel3", signature));
    }
}
