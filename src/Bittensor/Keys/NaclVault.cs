using System.Security.Cryptography;
using System.Text;
using Bittensor.Crypto;

namespace Bittensor.Keys;

/// <summary>The encryption of today's key files: $NACL, a 24-byte nonce, and a secretbox under an Argon2i key of the password.</summary>
/// <remarks>Source: opentensor/btwallet, src/keyfile.rs, NACL_SALT and derive_key: PyNaCl's "sensitive" Argon2i limits.</remarks>
static class NaclVault
{
    const int KeyLength = 32;
    const int NonceLength = 24;
    const int TagLength = 16;
    const int Argon2i13 = 1;
    const ulong OpsLimit = 8;
    const nuint MemLimit = 512 * 1024 * 1024;

    public static ReadOnlySpan<byte> Prefix => "$NACL"u8;

    static ReadOnlySpan<byte> Salt => [0x13, 0x71, 0x83, 0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39, 0xe9, 0xb1];

    /// <summary>The plain content, or null for a wrong password or a damaged file; nothing can tell the two apart.</summary>
    public static byte[]? Open(string path, ReadOnlySpan<byte> file, string password)
    {
        var body = file[Prefix.Length..];
        if (body.Length < NonceLength + TagLength)
            throw new KeyfileException(path, "It ends before its encrypted content does. Restore it from a backup or its mnemonic.");
        var box = body[NonceLength..];
        var plain = new byte[box.Length - TagLength];
        var key = DeriveKey(path, password);
        var opened = Sodium.crypto_secretbox_open_easy(plain, box, (ulong)box.Length, body[..NonceLength], key) == 0;
        CryptographicOperations.ZeroMemory(key);
        return opened ? plain : null;
    }

    public static byte[] Seal(string path, ReadOnlySpan<byte> plain, string password)
    {
        var file = new byte[Prefix.Length + NonceLength + TagLength + plain.Length];
        Prefix.CopyTo(file);
        var nonce = file.AsSpan(Prefix.Length, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        var key = DeriveKey(path, password);
        var sealedUp = Sodium.crypto_secretbox_easy(file.AsSpan(Prefix.Length + NonceLength), plain, (ulong)plain.Length, nonce, key) == 0;
        CryptographicOperations.ZeroMemory(key);
        return sealedUp ? file : throw new CryptographicException("libsodium refused to encrypt.");
    }

    /// <summary>Takes seconds and 512 MiB of memory, which is its purpose.</summary>
    static byte[] DeriveKey(string path, string password)
    {
        Sodium.EnsureInitialized();
        var secret = Encoding.UTF8.GetBytes(password);
        var key = new byte[KeyLength];
        var status = Sodium.crypto_pwhash(key, KeyLength, secret, (ulong)secret.Length, Salt, OpsLimit, MemLimit, Argon2i13);
        CryptographicOperations.ZeroMemory(secret);
        return status == 0
            ? key
            : throw new KeyfileException(path, "Its password needs 512 MiB of free memory to be checked. Free memory and try again.");
    }
}
