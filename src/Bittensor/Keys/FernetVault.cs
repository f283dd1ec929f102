using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bittensor.Keys;

/// <summary>Reads the oldest encryption of key files: a Fernet token under a PBKDF2 key of the password.</summary>
/// <remarks>Source: fernet/spec, Spec.md; opentensor/bittensor 4, keyfile_impl.py, decrypt_keyfile_data.</remarks>
static class FernetVault
{
    const byte Version = 0x80;
    const int HeaderLength = 1 + 8;
    const int IvLength = 16;
    const int TagLength = 32;
    const int Iterations = 10_000_000;

    public static ReadOnlySpan<byte> Prefix => "gAAAAA"u8;

    static ReadOnlySpan<byte> Salt => "Iguesscyborgslikemyselfhaveatendencytobeparanoidaboutourorigins"u8;

    /// <summary>The plain content, or null for a wrong password or a damaged file. Takes seconds.</summary>
    public static byte[]? Open(string path, ReadOnlySpan<byte> file, string password)
    {
        var text = file.Trim(" \t\r\n"u8);
        var token = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromUtf8(text, token, out _, out var length) != OperationStatus.Done
            || length < HeaderLength + IvLength + 16 + TagLength || (length - HeaderLength - TagLength) % 16 != 0 || token[0] != Version)
            throw new KeyfileException(path, "Its Fernet token is damaged. Restore it from a backup or its mnemonic.");
        var signed = token.AsSpan(0, length - TagLength);
        var keys = DeriveKey(password);
        try
        {
            var tag = token.AsSpan(length - TagLength, TagLength);
            if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.AsSpan(0, 16), signed), tag))
                return null;
            using var aes = Aes.Create();
            aes.Key = keys[16..];
            return aes.DecryptCbc(signed[(HeaderLength + IvLength)..], signed.Slice(HeaderLength, IvLength));
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    static byte[] DeriveKey(string password) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Salt, Iterations, HashAlgorithmName.SHA256, 32);
}
