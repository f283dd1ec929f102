using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public class KeypairTests
{
    public static TheoryData<string> MiniSecrets => VectorFile.Sr25519.Names("mini_secret_to_public", "ss58_42");

    public static TheoryData<string> Derivations => VectorFile.Sr25519.Names("derivation", "uri");

    [Theory, MemberData(nameof(MiniSecrets))]
    public void FromMiniSecret_Vector_GivesTheRecordedKeys(string name)
    {
        var vector = VectorFile.Sr25519.Find("mini_secret_to_public", name);
        using var pair = Keypair.FromMiniSecret(vector.Hex("mini_secret"));

        Assert.Equal(vector.Hex("public"), pair.Account.Bytes.ToArray());
        Assert.Equal(vector.Text("ss58_42"), pair.ToString());
        Assert.Equal(vector.Hex("private_key_64_schnorrkel"), pair.ExportSecretKey());
        Assert.Equal(vector.Text("scalar_le") + vector.Text("nonce_seed"), Convert.ToHexStringLower(pair.ExportSecretKey()));
    }

    [Theory, MemberData(nameof(MiniSecrets))]
    public void FromSecretKey_Vector_TakesTheSchnorrkelFormOnly(string name)
    {
        var vector = VectorFile.Sr25519.Find("mini_secret_to_public", name);
        using var pair = Keypair.FromSecretKey(vector.Hex("private_key_64_schnorrkel"));

        Assert.Equal(vector.Hex("public"), pair.Account.Bytes.ToArray());
        Assert.Throws<ArgumentException>(() => Keypair.FromSecretKey(vector.Hex("private_key_64_ed25519_form")));
    }

    [Theory, MemberData(nameof(Derivations))]
    public void FromUri_Vector_GivesTheRecordedKey(string name)
    {
        var vector = VectorFile.Sr25519.Find("derivation", name);
        using var pair = Keypair.FromUri(vector.Text("uri"));

        Assert.Equal(vector.Hex("public"), pair.Account.Bytes.ToArray());
        Assert.Equal(vector.Text("ss58_42"), pair.ToString());
        Assert.True(Sr25519.Verify(pair.Account.Bytes, "hello"u8, pair.Sign("hello"u8)));
    }

    [Theory, MemberData(nameof(Derivations))]
    public void SecretUri_Vector_HasTheRecordedJunctions(string name)
    {
        var vector = VectorFile.Sr25519.Find("derivation", name);

        var junctions = SecretUri.Parse(vector.Text("uri")).Junctions;

        Assert.Equal(
            vector.GetProperty("junctions").EnumerateArray().Select(j => (j.GetProperty("hard").GetBoolean(), j.Text("chain_code"))),
            junctions.Select(j => (j.IsHard, Convert.ToHexStringLower(j.ChainCode))));
    }

    [Theory]
    [InlineData("//")]
    [InlineData("/")]
    [InlineData("//Alice/")]
    [InlineData("//Alice//")]
    [InlineData("0x11")]
    [InlineData("0x111111111111111111111111111111111111111111111111111111111111111g")]
    [InlineData("0x1111111111111111111111111111111111111111111111111111111111111111///password")]
    [InlineData("Alice")]
    [InlineData("abandon abandon//Alice")]
    public void FromUri_BadText_IsRefusedWithoutRepeatingIt(string uri)
    {
        var error = Assert.Throws<FormatException>(() => Keypair.FromUri(uri));

        Assert.DoesNotContain("Alice", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1111", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_Twice_DiffersAndBothVerify()
    {
        using var pair = Keypair.FromUri("//Alice");

        var (first, second) = (pair.Sign("hello"u8), pair.Sign("hello"u8));

        Assert.NotEqual(first, second);
        Assert.True(Sr25519.Verify(pair.Account.Bytes, "hello"u8, first));
        Assert.True(Sr25519.Verify(pair.Account.Bytes, "hello"u8, second));
        Assert.False(Sr25519.Verify(pair.Account.Bytes, "hellp"u8, first));
    }

    [Fact]
    public void Sign_EveryLengthAroundTheSpongeRate_Verifies()
    {
        using var pair = Keypair.FromUri("//Bob");
        var message = new byte[400];
        for (var length = 0; length <= message.Length; length++)
            Assert.True(Sr25519.Verify(pair.Account.Bytes, message.AsSpan(0, length), pair.Sign(message.AsSpan(0, length))), $"length {length}");
    }

    [Fact]
    public void Dispose_ThenUse_Throws()
    {
        var pair = Keypair.FromUri("//Alice");
        pair.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pair.Sign("hello"u8));
        Assert.Throws<ObjectDisposedException>(() => pair.Derive(DerivationJunction.Soft("a")));
    }

    [Fact]
    public void FromSecretKey_ZeroScalar_IsRefused() => Assert.Throws<ArgumentException>(() => Keypair.FromSecretKey(new byte[64]));
}
