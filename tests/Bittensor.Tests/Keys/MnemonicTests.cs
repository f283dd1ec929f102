using System.Security.Cryptography;
using System.Text;
using Bittensor.Keys;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Keys;

public class MnemonicTests
{
    public static TheoryData<string> Good => VectorFile.Wallet.Names("mnemonics", "mnemonic", "password");

    public static TheoryData<string> Bad => VectorFile.Wallet.Names("invalid_mnemonics");

    [Fact]
    public void Words_AsPublished_HaveThePublishedHash()
    {
        var text = string.Concat(Enumerable.Range(0, MnemonicWords.Count).Select(i => MnemonicWords.At(i) + "\n"));

        Assert.Equal(
            VectorFile.Wallet["bip39_english_sha256"].GetString(),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text))));
        Assert.All(Enumerable.Range(0, MnemonicWords.Count), i => Assert.Equal(i, MnemonicWords.IndexOf(MnemonicWords.At(i))));
    }

    [Theory, MemberData(nameof(Good))]
    public void Parse_GoodVector_GivesTheRecordedEntropySeedAndKey(string name)
    {
        var vector = VectorFile.Wallet.Find("mnemonics", name);
        var mnemonic = Mnemonic.Parse(vector.Text("mnemonic"));

        Assert.Equal(vector.Hex("entropy"), mnemonic.Entropy.ToArray());
        Assert.Equal(vector.Text("mnemonic"), mnemonic.Phrase);
        Assert.Equal(vector.Hex("mini_secret"), mnemonic.ToMiniSecret(vector.Text("password")));
        using var pair = Keypair.FromMnemonic(mnemonic, vector.Text("password"));
        Assert.Equal(vector.Hex("public"), pair.Account.Bytes.ToArray());
        Assert.Equal(vector.Text("ss58"), pair.Account.ToString());
        Assert.Equal(vector.Hex("private_key_64"), pair.ExportSecretKey());
    }

    [Theory, MemberData(nameof(Bad))]
    public void Parse_BadVector_IsRefusedWithoutRepeatingIt(string name)
    {
        var phrase = VectorFile.Wallet.Find("invalid_mnemonics", name).GetString()!;

        Assert.False(Mnemonic.TryParse(phrase, out _));
        var error = Assert.Throws<FormatException>(() => Mnemonic.Parse(phrase));
        Assert.All(
            phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length > 4),
            word => Assert.DoesNotContain(word, error.Message, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    [InlineData(21)]
    [InlineData(24)]
    public void Generate_EachLength_ParsesBackToTheSameEntropy(int words)
    {
        for (var round = 0; round < 50; round++)
        {
            var made = Mnemonic.Generate(words);

            Assert.Equal(words, made.Phrase.Split(' ').Length);
            Assert.Equal(made.Entropy.ToArray(), Mnemonic.Parse(made.Phrase).Entropy.ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(27)]
    public void Generate_AnotherLength_Throws(int words) => Assert.Throws<ArgumentOutOfRangeException>(() => Mnemonic.Generate(words));

    [Fact]
    public void ToString_Always_HidesTheWords() => Assert.Equal("mnemonic of 12 words", Mnemonic.Generate().ToString());
}
