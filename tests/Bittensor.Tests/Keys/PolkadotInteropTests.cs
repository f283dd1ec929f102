using System.Security.Cryptography;
using Bittensor.Crypto;
using Bittensor.Keys;

namespace Bittensor.Tests.Keys;

/// <summary>Another implementation (@polkadot/util-crypto) and ours check each other's work.</summary>
public class PolkadotInteropTests(PolkadotProcess polkadot) : IClassFixture<PolkadotProcess>
{
    const string Phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    public static TheoryData<string> Uris =>
    [
        Phrase,
        $"{Phrase}//miner",
        $"{Phrase}/soft",
        $"{Phrase}//0//18446744073709551615/7",
        $"{Phrase}//a-name-of-a-junction-that-is-longer-than-32-bytes/and-another-one-that-is-just-as-long-as-that",
        $"{Phrase}//63-{new string('x', 60)}//64-{new string('x', 61)}/{new string('y', 300)}",
        $"{Phrase}//miner/soft///pass word",
        "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f//hard/soft",
    ];

    [Theory, MemberData(nameof(Uris))]
    public void FromUri_AnyPath_GivesTheSameKeyInBoth(string uri)
    {
        using var pair = Keypair.FromUri(uri);

        Assert.Equal(polkadot.AskBytes("derive", ("uri", uri)), pair.Account.Bytes.ToArray());
    }

    [Theory, MemberData(nameof(Uris))]
    public void Sign_RandomMessagesOfEveryKindOfLength_VerifyInBoth(string uri)
    {
        using var pair = Keypair.FromUri(uri);
        var publicKey = Hex(pair.Account.Bytes);
        for (var length = 0; length <= 1000; length += length < 200 ? 23 : 160)
        {
            var message = RandomNumberGenerator.GetBytes(length);
            var ours = pair.Sign(message);
            var theirs = polkadot.AskBytes("sign", ("uri", uri), ("message", Hex(message)));

            Assert.True(VerifiesThere(publicKey, message, ours), $"theirs refuses ours at length {length}");
            Assert.True(Sr25519.Verify(pair.Account.Bytes, message, theirs), $"ours refuses theirs at length {length}");
        }
    }

    [Fact]
    public void Verify_OneFlippedBit_IsRefusedByBoth()
    {
        using var pair = Keypair.FromUri($"{Phrase}//flip");
        var publicKey = Hex(pair.Account.Bytes);
        var message = RandomNumberGenerator.GetBytes(100);
        var signature = pair.Sign(message);
        for (var bit = 0; bit < 512; bit += 7)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Sr25519.Verify(pair.Account.Bytes, message, signature), $"ours accepts flipped bit {bit}");
            Assert.False(VerifiesThere(publicKey, message, signature), $"theirs accepts flipped bit {bit}");
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.True(VerifiesThere(publicKey, message, signature));
    }

    [Fact]
    public void Ss58_RandomKeys_AreTheSameTextInBoth()
    {
        for (var round = 0; round < 200; round++)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            var ours = Ss58Address.Encode(key);

            Assert.Equal(polkadot.Ask("encode", ("publicKey", Hex(key))).GetValue<string>(), ours);
            Assert.Equal(key, polkadot.AskBytes("decode", ("address", ours)));
            Assert.Equal(key, Ss58Address.Decode(ours).Bytes.ToArray());
        }
    }

    bool VerifiesThere(string publicKey, byte[] message, byte[] signature) =>
        polkadot.Ask("verify", ("publicKey", publicKey), ("message", Hex(message)), ("signature", Hex(signature))).GetValue<bool>();

    static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
