using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bittensor.Compute;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Compute;

public class SealedCredentialsTests
{
    static JsonElement Vector => VectorFile.AxonMessages["rsa"];

    public static TheoryData<string> PublicKeys => [.. Vector.GetProperty("bad_public_keys").EnumerateArray().Select(key => key.Text("name"))];

    [Fact]
    public void Open_RecordedCiphertext_IsTheRecordedCredentials()
    {
        using var key = PrivateKey();

        var credentials = SealedCredentials.Open(Vector.Text("ciphertext_base64"), key);

        Assert.Equal(new SshCredentials("root", "Tq7Lw2Zk9b", 4444, 190), credentials);
    }

    [Fact]
    public void Seal_UnderTheRecordedKey_IsOpenedByItsPrivateHalf()
    {
        using var key = PrivateKey();
        var credentials = new SshCredentials("root", new string('x', 24), 65535, 190);

        var info = SealedCredentials.Seal(credentials, RecordedKey());

        Assert.Equal(344, info.Length);
        Assert.Equal(credentials, SealedCredentials.Open(info, key));
    }

    [Fact]
    public void Seal_Plaintext_HasTheWireNames()
    {
        using var key = PrivateKey();

        var info = SealedCredentials.Seal(new SshCredentials("root", "pw", 4444, 190), RecordedKey());

        var plaintext = key.Decrypt(Convert.FromBase64String(info), RSAEncryptionPadding.OaepSHA256);
        Assert.Equal("""{"username":"root","password":"pw","port":4444,"version":190}""", Encoding.UTF8.GetString(plaintext));
    }

    [Fact]
    public void Encrypt_LongestPlaintext_FitsAndOneByteMoreDoesNot()
    {
        using var key = PrivateKey();
        var longest = Vector.GetProperty("max_plaintext_bytes").GetInt32();
        var recorded = key.Decrypt(Convert.FromBase64String(Vector.Text("max_plaintext_ciphertext_base64")), RSAEncryptionPadding.OaepSHA256);

        Assert.Equal(longest, recorded.Length);
        Assert.Equal(recorded, key.Decrypt(RecordedKey().Encrypt(recorded), RSAEncryptionPadding.OaepSHA256));
        Assert.ThrowsAny<CryptographicException>(() => RecordedKey().Encrypt(new byte[longest + 1]));
    }

    [Fact]
    public void Open_OtherMaskFunction_IsRefused()
    {
        using var key = PrivateKey();

        Assert.ThrowsAny<CryptographicException>(
            () => SealedCredentials.Open(Vector.GetProperty("must_not_decrypt").Text("ciphertext_base64"), key));
    }

    [Theory]
    [InlineData("not json, password: hunter2")]
    [InlineData("""{"username":"root","port":4444}""")]
    [InlineData("""{"username":"root","password":"hunter2"}""")]
    [InlineData("""{"username":"root","password":"hunter2","port":99999}""")]
    public void Open_PlaintextThatIsNoCredentials_SaysSoWithoutQuotingIt(string plaintext)
    {
        using var key = PrivateKey();
        var info = Convert.ToBase64String(RecordedKey().Encrypt(Encoding.UTF8.GetBytes(plaintext)));

        var fault = Assert.Throws<FormatException>(() => SealedCredentials.Open(info, key));

        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(PublicKeys))]
    public void TryParse_RecordedKey_IsTakenOrRefusedAsRecorded(string name)
    {
        var vector = Vector.GetProperty("bad_public_keys").EnumerateArray().Single(key => key.Text("name") == name);
        var accepted = vector.Text("expect").StartsWith("accepted", StringComparison.Ordinal);

        var good = SealingKey.TryParse(vector.Text("pem"), out var key, out var fault);

        Assert.Equal(accepted, good);
        if (accepted)
            Assert.Equal(Vector.Text("public_key_spki_sha256"), key!.Fingerprint);
        else
            Assert.NotEmpty(fault!);
    }

    [Fact]
    public void TryParse_RecordedKey_HasTheRecordedFingerprint() =>
        Assert.Equal(Vector.Text("public_key_spki_sha256"), RecordedKey().Fingerprint);

    [Fact]
    public void TryParse_PrivateKey_IsRefused()
    {
        Assert.False(SealingKey.TryParse(Vector.Text("private_key_pem"), out _, out var fault));
        Assert.DoesNotContain("MII", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfCredentialsAndOutput_HidesTheSecrets()
    {
        Assert.DoesNotContain("hunter2", new SshCredentials("root", "hunter2", 4444, 190).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", new AllocateOutput { Status = true, Info = "c2VjcmV0" }.ToString(), StringComparison.Ordinal);
    }

    static SealingKey RecordedKey() =>
        SealingKey.TryParse(Vector.Text("public_key_pem"), out var key, out var fault) ? key : throw new InvalidOperationException(fault);

    static RSA PrivateKey()
    {
        var key = RSA.Create();
        key.ImportFromPem(Vector.Text("private_key_pem"));
        return key;
    }
}
