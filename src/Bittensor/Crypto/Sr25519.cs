using System.Security.Cryptography;

namespace Bittensor.Crypto;

/// <summary>
/// Schnorr signatures on ristretto255 over Merlin transcripts, as Substrate uses them (signing context <c>substrate</c>).
/// </summary>
/// <remarks>Source: w3f/schnorrkel, sign.rs and context.rs; curve arithmetic by libsodium.</remarks>
public static class Sr25519
{
    /// <summary>Bytes in a public key.</summary>
    public const int PublicKeyLength = 32;
    /// <summary>Bytes in a signature.</summary>
    public const int SignatureLength = 64;

    /// <summary>The group order L, little-endian.</summary>
    static ReadOnlySpan<byte> GroupOrder =>
    [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    /// <summary>
    /// True when <paramref name="signature"/> (64 bytes) is <paramref name="publicKey"/>'s (32 bytes) over the unhashed
    /// <paramref name="message"/>. The all-zero key is refused: it is the identity, under which anybody can sign.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Sodium.EnsureInitialized();
        if (publicKey.Length != PublicKeyLength || signature.Length != SignatureLength || (signature[63] & 0x80) == 0)
            return false;
        if (!publicKey.ContainsAnyExcept((byte)0))
            return false;
        Span<byte> s = stackalloc byte[32];
        signature[32..].CopyTo(s);
        s[31] &= 0x7f;
        if (!IsCanonicalScalar(s))
            return false;
        var r = signature[..32];
        Span<byte> k = stackalloc byte[32];
        var transcript = SigningTranscript(message, publicKey);
        ChallengeScalar(ref transcript, r, k);

        // sB - kA must encode to R. libsodium refuses a product that is the identity and a key that is no point; both mean "no".
        Span<byte> sB = stackalloc byte[32];
        Span<byte> kA = stackalloc byte[32];
        Span<byte> expected = stackalloc byte[32];
        return Sodium.crypto_scalarmult_ristretto255_base(sB, s) == 0
            && Sodium.crypto_scalarmult_ristretto255(kA, k, publicKey) == 0
            && Sodium.crypto_core_ristretto255_sub(expected, sB, kA) == 0
            && CryptographicOperations.FixedTimeEquals(expected, r);
    }

    /// <summary>Signs with a canonical secret scalar and its nonce seed, 32 bytes each; the signature has 64.</summary>
    internal static void Sign(
        ReadOnlySpan<byte> secretScalar, ReadOnlySpan<byte> nonceSeed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message,
        Span<byte> signature)
    {
        Sodium.EnsureInitialized();
        var transcript = SigningTranscript(message, publicKey);
        Span<byte> random = stackalloc byte[32];
        Span<byte> wide = stackalloc byte[64];
        Span<byte> r = stackalloc byte[32];
        try
        {
            do
            {
                RandomNumberGenerator.Fill(random);
                transcript.WitnessBytes("signing"u8, nonceSeed, random, wide);
                Sodium.crypto_core_ristretto255_scalar_reduce(r, wide);
            }
            while (!r.ContainsAnyExcept((byte)0));
            SignWith(ref transcript, secretScalar, r, signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(r);
            CryptographicOperations.ZeroMemory(wide);
        }
    }

    /// <summary>The part of signing after the secret nonce <paramref name="r"/> is chosen; vectors with a fixed nonce enter here.</summary>
    internal static void SignWith(
        ref MerlinTranscript transcript, ReadOnlySpan<byte> secretScalar, ReadOnlySpan<byte> r, Span<byte> signature)
    {
        var commitment = signature[..32];
        if (Sodium.crypto_scalarmult_ristretto255_base(commitment, r) != 0)
            throw new CryptographicException("The signing nonce was zero.");
        Span<byte> k = stackalloc byte[32];
        Span<byte> product = stackalloc byte[32];
        ChallengeScalar(ref transcript, commitment, k);
        Sodium.crypto_core_ristretto255_scalar_mul(product, k, secretScalar);
        Sodium.crypto_core_ristretto255_scalar_add(signature[32..], product, r);
        signature[63] |= 0x80;
        CryptographicOperations.ZeroMemory(product);
    }

    internal static MerlinTranscript SigningTranscript(ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        var transcript = MerlinTranscript.New("SigningContext"u8);
        transcript.Append([], "substrate"u8);
        transcript.Append("sign-bytes"u8, message);
        transcript.Append("proto-name"u8, "Schnorr-sig"u8);
        transcript.Append("sign:pk"u8, publicKey);
        return transcript;
    }

    internal static bool IsCanonicalScalar(ReadOnlySpan<byte> scalar)
    {
        for (var i = 31; i >= 0; i--)
        {
            if (scalar[i] != GroupOrder[i])
                return scalar[i] < GroupOrder[i];
        }
        return false;
    }

    internal static void ChallengeScalar(ref MerlinTranscript transcript, ReadOnlySpan<byte> commitment, Span<byte> k)
    {
        transcript.Append("sign:R"u8, commitment);
        Span<byte> wide = stackalloc byte[64];
        transcript.Challenge("sign:c"u8, wide);
        Sodium.crypto_core_ristretto255_scalar_reduce(k, wide);
    }
}
