namespace Bittensor.Crypto;

/// <summary>Hierarchical derivation of sr25519 keys with a 32-byte chain code.</summary>
/// <remarks>Source: w3f/schnorrkel, derive.rs.</remarks>
static class Sr25519Derivation
{
    /// <summary>The 32-byte mini secret of the hard child of a canonical secret scalar.</summary>
    public static void DeriveHard(ReadOnlySpan<byte> secretScalar, ReadOnlySpan<byte> chainCode, Span<byte> miniSecret)
    {
        var transcript = Begin(chainCode);
        transcript.Append("secret-key"u8, secretScalar);
        transcript.Challenge("HDKD-hard"u8, miniSecret);
    }

    /// <summary>The scalar to add to a secret key for its soft child; anybody who knows the public key can compute it.</summary>
    public static void DeriveSoft(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> chainCode, Span<byte> scalar)
    {
        var transcript = Begin(chainCode);
        transcript.Append("public-key"u8, publicKey);
        Span<byte> wide = stackalloc byte[64];
        transcript.Challenge("HDKD-scalar"u8, wide);
        Sodium.crypto_core_ristretto255_scalar_reduce(scalar, wide);
    }

    static MerlinTranscript Begin(ReadOnlySpan<byte> chainCode)
    {
        var transcript = MerlinTranscript.New("SchnorrRistrettoHDKD"u8);
        transcript.Append("sign-bytes"u8, []);
        transcript.Append("chain-code"u8, chainCode);
        return transcript;
    }
}
