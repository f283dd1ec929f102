using Bittensor.Crypto;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Crypto;

public class KeccakStateTests
{
    [Fact]
    public void Permute_ZeroState_IsTheKnownAnswer()
    {
        var state = default(KeccakState);

        state.Permute();

        Assert.Equal(VectorFile.Sr25519["constants"].Hex("keccak_f1600_of_zero_state"), state.Bytes.ToArray());
    }

    // FIPS 202: SHA3-256 pads with 06..80 at a rate of 136 bytes; the platform's own SHA-3 is not there on every OpenSSL.
    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    public void Permute_AsSha3_IsThePublishedDigest(string message, string digest)
    {
        var state = default(KeccakState);
        for (var i = 0; i < message.Length; i++)
            state.Bytes[i] ^= (byte)message[i];
        state.Bytes[message.Length] ^= 0x06;
        state.Bytes[135] ^= 0x80;

        state.Permute();

        Assert.Equal(digest, Convert.ToHexStringLower(state.Bytes[..32]));
    }
}
