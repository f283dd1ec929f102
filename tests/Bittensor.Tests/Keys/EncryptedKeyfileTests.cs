using System.Text;
using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public sealed class EncryptedKeyfileTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Good => VectorFile.Wallet.Names("encrypted", "method", "password");

    public static TheoryData<string> Bad => VectorFile.Wallet.Names("encrypted_bad");

    public void Dispose() => _directory.Dispose();

    [Theory, MemberData(nameof(Good))]
    public void Read_GoodVector_GivesTheKeyOfItsPlaintext(string name)
    {
        var vector = VectorFile.Wallet.Find("encrypted", name);
        var path = _directory.File("coldkey", Content(vector));
        using var plain = JsonDocument.Parse(vector.Text("plaintext"));

        using var secrets = Keyfile.Read(path, _ => vector.Text("password"));

        Assert.True(Keyfile.IsEncrypted(path));
        Assert.Equal(plain.RootElement.Text("ss58Address"), secrets.ToString());
        Assert.Equal(plain.RootElement.Text("secretPhrase"), secrets.Mnemonic?.Phrase);
    }

    [Theory, MemberData(nameof(Bad))]
    public void Read_BadVector_IsRefusedWithoutItsPassword(string name)
    {
        var vector = VectorFile.Wallet.Find("encrypted_bad", name);
        var path = _directory.File("coldkey", Content(vector));

        var error = Assert.Throws<KeyfileException>(() => Keyfile.Read(path, _ => vector.Text("password")));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(vector.Text("password"), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithoutPassword_NamesTheVariableToSet()
    {
        var path = _directory.File("coldkey", Content(VectorFile.Wallet["encrypted"][0]));

        var error = Assert.Throws<KeyfileException>(() => Keyfile.Read(path));

        Assert.Contains(KeyfilePassword.VariableName(path), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithPassword_HidesThePhraseAndReadsBack()
    {
        var path = Path.Combine(_directory.Path, "coldkey");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Generate());

        Keyfile.Write(path, secrets, "pässwörd");

        var bytes = File.ReadAllBytes(path);
        Assert.True(bytes.AsSpan().StartsWith("$NACL"u8));
        Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secrets.Mnemonic!.Phrase.Split(' ')[0])) < 0);
        using var read = Keyfile.Read(path, _ => "pässwörd");
        Assert.Equal(secrets.Mnemonic.Phrase, read.Mnemonic?.Phrase);
    }

    static byte[] Content(JsonElement vector) =>
        vector.TryGetProperty("file_hex", out _) ? vector.Hex("file_hex") : Encoding.UTF8.GetBytes(vector.Text("file_text"));
}
