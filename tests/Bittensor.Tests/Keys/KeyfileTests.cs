using System.Text.Json;
using System.Runtime.Versioning;
using Bittensor.Crypto;
using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class KeyfileTests : IDisposable
{
    const string Phrase = "stool feel open east woman high can denial forget screen trust salt";
    const string Address = "5F7cAYCZEBz21YEjzSZPGyP7W2fva7qUXDexxXsVezSHyktz";

    readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Files => VectorFile.Wallet.Names("keyfiles");

    public void Dispose() => _directory.Dispose();

    [Theory, MemberData(nameof(Files))]
    public void Read_Vector_GivesTheRecordedOutcome(string name)
    {
        var vector = VectorFile.Wallet.Find("keyfiles", name);
        var path = _directory.File("hotkey", vector.Text("content"));
        var expected = vector.GetProperty("expect");
        if (expected.ValueKind == JsonValueKind.Null)
        {
            AssertTellsNothing(Assert.Throws<KeyfileException>(() => Keyfile.Read(path)), path, vector.Text("content"));
            Assert.Throws<KeyfileException>(() => Keyfile.ReadPublic(path));
            return;
        }
        Assert.Equal(expected.Text("ss58"), Keyfile.ReadPublic(path).ToString());
        Assert.Equal(expected.Hex("public"), Keyfile.ReadPublic(path).Bytes.ToArray());
        if (!expected.GetProperty("can_sign").GetBoolean())
        {
            Assert.Contains("public key only", Assert.Throws<KeyfileException>(() => Keyfile.Read(path)).Message, StringComparison.Ordinal);
            return;
        }
        using var secrets = Keyfile.Read(path);
        Assert.Equal(expected.Text("ss58"), secrets.ToString());
        Assert.True(Sr25519.Verify(expected.Hex("public"), "hello"u8, secrets.Keypair.Sign("hello"u8)));
    }

    [Theory]
    [InlineData("""{"secretPhrase":"PHRASE","privateKey":"0x33a6f3093f158a7109f679410bef1a0c54168145e0cecb4df006c1c2fffb1f09925a225d97aa00682d6a59b95b18780c10d7032336e88f3442b42361f4a66011"}""", "privateKey")]
    [InlineData("""{"secretPhrase":"PHRASE","accountId":"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"}""", "accountId")]
    [InlineData("""{"secretPhrase":"PHRASE","publicKey":"0x12"}""", "publicKey")]
    [InlineData("""{"secretPhrase":"PHRASE","ss58Address":"12pWV6LvG4iAfNpFNTvvkWy3H9H8wtCkjiXupAzo2BCmPViM"}""", "ss58Address")]
    [InlineData("""{"secretPhrase":["PHRASE"]}""", "secretPhrase")]
    [InlineData("""{"secretPhrase":"PHRASE","cryptoType":0}""", "cryptoType")]
    [InlineData("""{"secretPhrase":"PHRASE","cryptoType":"1"}""", "cryptoType")]
    [InlineData("""{"secretSeed":"0x00"}""", "secretSeed")]
    [InlineData("""{"secretSeed":"0xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", "secretSeed")]
    [InlineData("""{"publicKey":"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d","ss58Address":"5F7cAYCZEBz21YEjzSZPGyP7W2fva7qUXDexxXsVezSHyktz"}""", "publicKey")]
    [InlineData("""{"ss58Address":"5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"}""", "all zeros")]
    [InlineData("""{"secretPhrase":"PHRASE","secretPhrase":"PHRASE"}""", "JSON")]
    [InlineData("""{"secretPhrase":"PHRASE""", "JSON")]
    [InlineData("""{"secretPhrase":"PHRASE","ss58Address":"\ud800"}""", "ss58Address")]
    [InlineData("""{"secretPhrase":"\udc00"}""", "secretPhrase")]
    [InlineData("""{"\ud800":1,"secretPhrase":"PHRASE","publicKey":"0x12"}""", "JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("", "JSON")]
    [InlineData("0x12", "publicKey")]
    public void Read_FaultyFile_NamesFileAndFaultAndNoSecret(string content, string fault)
    {
        content = content.Replace("PHRASE", Phrase, StringComparison.Ordinal);
        var path = _directory.File("hotkey", content);

        var error = Assert.Throws<KeyfileException>(() => Keyfile.Read(path));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        AssertTellsNothing(error, path, content);
    }

    [Theory]
    [InlineData("\ufeff{\"secretPhrase\":\"PHRASE\"}")]
    [InlineData("{\r\n  \"secretPhrase\": \"PHRASE\"\r\n}\r\n")]
    [InlineData("{\"secretPhrase\":\" PHRASE  \\n\"}")]
    [InlineData("{\"secretPhrase\":\"PHRASE\",\"meta\":{\"tags\":[{\"a\":1}]},\"odd\":\"\\ud800\",\"whenCreated\":1}")]
    [InlineData("{\"secretPhrase\":\"PHRASE\",\"accountId\":null,\"ss58Address\":\"5F7cAYCZEBz21YEjzSZPGyP7W2fva7qUXDexxXsVezSHyktz\"}")]
    public void Read_OddlyWrittenFile_IsTheSameKey(string content)
    {
        var path = _directory.File("hotkey", content.Replace("PHRASE", Phrase, StringComparison.Ordinal));

        Assert.Equal(Address, Keyfile.ReadPublic(path).ToString());
    }

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        var path = Path.Combine(_directory.Path, "none", "hotkey");

        Assert.Contains("does not exist", Assert.Throws<KeyfileException>(() => Keyfile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Directory_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<KeyfileException>(() => Keyfile.Read(_directory.Path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_HugeFile_IsRefusedUnread()
    {
        var path = _directory.File("hotkey", new byte[100_000]);

        Assert.Contains("longer than", Assert.Throws<KeyfileException>(() => Keyfile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Mnemonic_HasExactlyTheFieldsOfTheRecordedFile()
    {
        var path = Path.Combine(_directory.Path, "a", "b", "hotkey");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(Phrase));

        Keyfile.Write(path, secrets);

        Assert.Equal(VectorFile.Wallet["keyfiles"][0].Text("content"), File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        foreach (var directory in new[] { Path.Combine(_directory.Path, "a"), Path.Combine(_directory.Path, "a", "b") })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.Equal(["hotkey"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_DerivedKey_KeepsOnlyThePrivateKeyAndReadsBack()
    {
        var path = Path.Combine(_directory.Path, "hotkey");
        using var secrets = KeySecrets.FromKeypair(Keypair.FromUri("//Alice/soft"));

        Keyfile.Write(path, secrets);

        using var document = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal(["accountId", "publicKey", "privateKey", "ss58Address"], document.RootElement.EnumerateObject().Select(field => field.Name));
        using var read = Keyfile.Read(path);
        Assert.Equal(secrets.Keypair.Account, read.Keypair.Account);
    }

    [Fact]
    public void Write_MiniSecret_ReadsBack()
    {
        var path = Path.Combine(_directory.Path, "hotkey");
        var seed = new byte[32];
        Array.Fill(seed, (byte)'A');
        using var secrets = KeySecrets.FromMiniSecret(seed);

        Keyfile.Write(path, secrets);

        using var read = Keyfile.Read(path);
        Assert.Equal(seed, read.MiniSecret.ToArray());
        Assert.Equal(secrets.Keypair.Account, read.Keypair.Account);
    }

    [Fact]
    public void Write_ExistingFile_IsRefusedUnlessAskedFor()
    {
        var path = _directory.File("hotkey", "precious");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(Phrase));

        Assert.Contains("exists already", Assert.Throws<KeyfileException>(() => Keyfile.Write(path, secrets)).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(path));
        Keyfile.Write(path, secrets, overwrite: true);
        Assert.Equal(Address, Keyfile.ReadPublic(path).ToString());
        Assert.Single(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void Write_UnderAFile_SaysWhyAndLeavesNothing()
    {
        var file = _directory.File("file", "x");
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(Phrase));

        var error = Assert.Throws<KeyfileException>(() => Keyfile.Write(Path.Combine(file, "hotkey"), secrets));

        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(["file"], Directory.GetFiles(_directory.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ToString_OfSecrets_IsTheAddress()
    {
        using var secrets = KeySecrets.FromMnemonic(Mnemonic.Parse(Phrase));

        Assert.Equal(Address, secrets.ToString());
        Assert.Equal(Address, secrets.Keypair.ToString());
    }

    static void AssertTellsNothing(KeyfileException error, string path, string content)
    {
        Assert.Equal(path, error.Path);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.All(Phrase.Split(' ').Where(word => word.Length > 4), word => Assert.DoesNotContain(word, error.ToString(), StringComparison.Ordinal));
        Assert.All(
            content.Split('"').Where(value => value.StartsWith("0x", StringComparison.Ordinal)),
            value => Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal));
    }
}
