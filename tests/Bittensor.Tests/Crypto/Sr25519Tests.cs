using Bittensor.Crypto;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Crypto;

public class Sr25519Tests
{
    public static TheoryData<string> Valid => VectorFile.Sr25519.Names("valid");

    public static TheoryData<string> Invalid => VectorFile.Sr25519.Names("invalid");

    public static TheoryData<string> FixedNonces => VectorFile.Sr25519.Names("sign_with_fixed_r", "r_le");

    [Theory, MemberData(nameof(Valid))]
    public void Verify_ValidVector_IsAccepted(string name)
    {
        var vector = VectorFile.Sr25519.Find("valid", name);

        Assert.True(Sr25519.Verify(vector.Hex("public"), vector.Hex("message_hex"), vector.Hex("signature")));
    }

    [Theory, MemberData(nameof(Valid))]
    public void ChallengeScalar_ValidVector_IsTheRecordedChallenge(string name)
    {
        var vector = VectorFile.Sr25519.Find("valid", name);
        var transcript = Sr25519.SigningTranscript(vector.Hex("message_hex"), vector.Hex("public"));
        var wide = transcript;
        var scalar = new byte[32];
        var challenge = new byte[64];

        Sr25519.ChallengeScalar(ref transcript, vector.Hex("signature").AsSpan(0, 32), scalar);
        wide.Append("sign:R"u8, vector.Hex("signature").AsSpan(0, 32));
        wide.Challenge("sign:c"u8, challenge);

        Assert.Equal(vector.Text("k_le"), Convert.ToHexStringLower(scalar));
        Assert.Equal(vector.Text("challenge64"), Convert.ToHexStringLower(challenge));
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Verify_InvalidVector_IsRefused(string name)
    {
        var vector = VectorFile.Sr25519.Find("invalid", name);

        Assert.False(vector.GetProperty("application_must_accept").GetBoolean());
        Assert.False(Sr25519.Verify(vector.Hex("public"), vector.Hex("message_hex"), vector.Hex("signature")));
    }

    [Fact]
    public void Verify_SignatureOverWrappedBytes_HoldsForTheWrappedMessageOnly()
    {
        var vector = VectorFile.Sr25519["wrapped_bytes"];
        byte[] wrapped = [.. "<Bytes>"u8, .. vector.Hex("message"), .. "</Bytes>"u8];

        Assert.True(Sr25519.Verify(vector.Hex("public"), wrapped, vector.Hex("signature")));
        Assert.False(Sr25519.Verify(vector.Hex("public"), vector.Hex("message"), vector.Hex("signature")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Verify_KeyOfWrongLength_IsRefused(int length)
    {
        var vector = VectorFile.Sr25519["valid"][0];
        var key = vector.Hex("public");
        Array.Resize(ref key, length);

        Assert.False(Sr25519.Verify(key, vector.Hex("message_hex"), vector.Hex("signature")));
    }

    [Theory, MemberData(nameof(FixedNonces))]
    public void SignWith_FixedNonce_IsTheRecordedSignature(string name)
    {
        var vector = VectorFile.Sr25519.Find("sign_with_fixed_r", name);
        var key = VectorFile.Sr25519["mini_secret_to_public"].EnumerateArray()
            .Single(v => v.Text("mini_secret") == vector.Text("mini_secret"));
        var transcript = Sr25519.SigningTranscript(vector.Hex("message_hex"), vector.Hex("public"));
        var signature = new byte[64];

        Sr25519.SignWith(ref transcript, key.Hex("scalar_le"), vector.Hex("r_le"), signature);

        Assert.Equal(vector.Text("signature"), Convert.ToHexStringLower(signature));
        Assert.Equal(vector.Text("R"), Convert.ToHexStringLower(signature.AsSpan(0, 32)));
    }

    [Fact]
    public void IsCanonicalScalar_AroundTheGroupOrder_DrawsTheLineAtL()
    {
        var order = VectorFile.Sr25519["constants"].Hex("group_order_L_le");
        Assert.False(Sr25519.IsCanonicalScalar(order));
        order[0]--;
        Assert.True(Sr25519.IsCanonicalScalar(order));
        order[0] += 2;
        Assert.False(Sr25519.IsCanonicalScalar(order));
    }

    [Fact]
    public void Verify_ManyTimes_AllocatesNothing()
    {
        var vector = VectorFile.Sr25519["valid"][2];
        var (key, message, signature) = (vector.Hex("public"), vector.Hex("message_hex"), vector.Hex("signature"));
        Sr25519.Verify(key, message, signature);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = Sr25519.Verify(key, message, signature);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(accepted);
    }
}
