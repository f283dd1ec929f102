using System.Security.Cryptography;
using Bittensor.Crypto;

namespace Bittensor.Keys;

/// <summary>
/// An sr25519 key pair, the only holder of secret bytes: signs, zeroes itself on dispose, prints its address only.
/// </summary>
public sealed class Keypair : IDisposable
{
    /// <summary>Bytes of a mini secret (a "seed").</summary>
    public const int MiniSecretLength = 32;

    readonly byte[] _scalar;
    readonly byte[] _nonceSeed;
    bool _disposed;

    Keypair(byte[] scalar, byte[] nonceSeed)
    {
        Sodium.EnsureInitialized();
        Span<byte> publicKey = stackalloc byte[32];
        if (!Sr25519.IsCanonicalScalar(scalar) || Sodium.crypto_scalarmult_ristretto255_base(publicKey, scalar) != 0)
            throw new ArgumentException("The secret scalar is zero or not below the group order.");
        (_scalar, _nonceSeed, Account) = (scalar, nonceSeed, new AccountId(publicKey));
    }

    /// <summary>The public key.</summary>
    public AccountId Account { get; }

    /// <summary>The public key in its role as hotkey.</summary>
    public Hotkey Hotkey => new(Account);

    /// <summary>The public key in its role as coldkey.</summary>
    public Coldkey Coldkey => new(Account);

    /// <summary>Expands a 32-byte mini secret the way Substrate does (schnorrkel's Ed25519 mode).</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Keypair FromMiniSecret(ReadOnlySpan<byte> miniSecret)
    {
        if (miniSecret.Length != MiniSecretLength)
            throw new ArgumentException($"A mini secret has {MiniSecretLength} bytes, not {miniSecret.Length}.", nameof(miniSecret));
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(miniSecret, hash);
        hash[0] &= 248;
        hash[31] &= 63;
        hash[31] |= 64;
        // The ed25519 scalar is a multiple of the cofactor 8; ristretto keeps it divided.
        for (var i = 0; i < 31; i++)
            hash[i] = (byte)((hash[i] >> 3) | (hash[i + 1] << 5));
        hash[31] >>= 3;
        var pair = new Keypair(hash[..32].ToArray(), hash[32..].ToArray());
        CryptographicOperations.ZeroMemory(hash);
        return pair;
    }

    /// <summary>Takes schnorrkel's 64-byte secret: a canonical little-endian scalar, then the nonce seed.</summary>
    /// <exception cref="ArgumentException">Another length, or a scalar that is zero or not canonical.</exception>
    public static Keypair FromSecretKey(ReadOnlySpan<byte> secretKey) =>
        secretKey.Length == 64
            ? new Keypair(secretKey[..32].ToArray(), secretKey[32..].ToArray())
            : throw new ArgumentException($"A secret key has 64 bytes, not {secretKey.Length}.", nameof(secretKey));

    /// <summary>
    /// The key of a mnemonic, with an optional password. Callers that also keep the mini secret use
    /// <see cref="Mnemonic.ToMiniSecret"/> and <see cref="FromMiniSecret"/>.
    /// </summary>
    public static Keypair FromMnemonic(Mnemonic mnemonic, string password = "")
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        var miniSecret = mnemonic.ToMiniSecret(password);
        var pair = FromMiniSecret(miniSecret);
        CryptographicOperations.ZeroMemory(miniSecret);
        return pair;
    }

    /// <summary>
    /// The key of a secret URI: <c>phrase//hard/soft///password</c>, <c>0xseed//hard</c>, or only a path (<c>//Alice</c>) below the
    /// public development phrase.
    /// </summary>
    /// <exception cref="FormatException">Bad phrase, seed or path; the message repeats no part of the text.</exception>
    public static Keypair FromUri(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var parts = SecretUri.Parse(uri);
        var pair = parts.ToRoot();
        foreach (var junction in parts.Junctions)
        {
            using var parent = pair;
            pair = parent.Derive(junction);
        }
        return pair;
    }

    /// <summary>The child key at one step of a derivation path.</summary>
    public Keypair Derive(DerivationJunction junction)
    {
        ArgumentNullException.ThrowIfNull(junction);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> derived = stackalloc byte[32];
        if (junction.IsHard)
        {
            Sr25519Derivation.DeriveHard(_scalar, junction.ChainCode, derived);
            var child = FromMiniSecret(derived);
            CryptographicOperations.ZeroMemory(derived);
            return child;
        }
        Sr25519Derivation.DeriveSoft(Account.Bytes, junction.ChainCode, derived);
        var scalar = new byte[32];
        Sodium.crypto_core_ristretto255_scalar_add(scalar, _scalar, derived);
        return new Keypair(scalar, RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>Signs the message as it is (no hashing) in the context <c>substrate</c>. Returns 64 bytes, different each time.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var signature = new byte[Sr25519.SignatureLength];
        Sr25519.Sign(_scalar, _nonceSeed, Account.Bytes, message, signature);
        return signature;
    }

    /// <summary>Copies schnorrkel's 64-byte secret, for writing a key file.</summary>
    internal byte[] ExportSecretKey()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return [.. _scalar, .. _nonceSeed];
    }

    /// <summary>The address; never a secret.</summary>
    public override string ToString() => Account.ToString();

    /// <summary>Zeroes the secret bytes; the pair cannot sign any more.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_scalar);
        CryptographicOperations.ZeroMemory(_nonceSeed);
    }
}
