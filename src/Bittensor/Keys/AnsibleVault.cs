using System.Security.Cryptography;
using System.Text;

namespace Bittensor.Keys;

/// <summary>Reads the encryption of key files of the bittensor 3 to 5 era: Ansible Vault 1.1 with AES-256 in counter mode.</summary>
/// <remarks>Source: ansible/ansible, lib/ansible/parsing/vault, VaultAES256.</remarks>
static class AnsibleVault
{
    const string Header = "$ANSIBLE_VAULT;1.1;AES256";
    const int Iterations = 10_000;
    const int Block = 16;

    public static ReadOnlySpan<byte> Prefix => "$ANSIBLE_VAULT"u8;

    /// <summary>The plain content, or null for a wrong password or a damaged file.</summary>
    public static byte[]? Open(string path, ReadOnlySpan<byte> file, string password)
    {
        var lines = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines[0] != Header)
            throw new KeyfileException(
                path, $"Its vault header is not {Header}. Decrypt it with ansible-vault, or restore it from its mnemonic.");
        var (salt, tag, cipher) = ReadParts(path, string.Concat(lines[1..]));
        var keys = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 80);
        try
        {
            return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.AsSpan(32, 32), cipher), tag)
                ? Unpad(Decrypt(keys[..32], keys[64..], cipher))
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    static (byte[] Salt, byte[] Tag, byte[] Cipher) ReadParts(string path, string hex)
    {
        try
        {
            var parts = Encoding.ASCII.GetString(Convert.FromHexString(hex)).Split('\n');
            if (parts.Length == 3)
                return (Convert.FromHexString(parts[0]), Convert.FromHexString(parts[1]), Convert.FromHexString(parts[2]));
        }
        catch (FormatException)
        {
            // Falls through: every damage of the outer form gets the same answer.
        }
        throw new KeyfileException(path, "Its vault text is damaged. Restore it from a backup or its mnemonic.");
    }

    // The platform offers no counter mode; its key stream is the encrypted sequence of 128-bit big-endian counters.
    static byte[] Decrypt(byte[] key, byte[] counter, byte[] cipher)
    {
        var stream = new byte[(cipher.Length + Block - 1) / Block * Block];
        for (var at = 0; at < stream.Length; at += Block)
        {
            counter.CopyTo(stream, at);
            for (var i = Block - 1; i >= 0 && ++counter[i] == 0; i--)
            {
            }
        }
        using var aes = Aes.Create();
        aes.Key = key;
        stream = aes.EncryptEcb(stream, PaddingMode.None);
        for (var i = 0; i < cipher.Length; i++)
            stream[i] ^= cipher[i];
        return stream[..cipher.Length];
    }

    static byte[]? Unpad(byte[] padded)
    {
        var padding = padded.Length > 0 ? padded[^1] : 0;
        return padding is >= 1 and <= Block && padding <= padded.Length && !padded.AsSpan(^padding..).ContainsAnyExcept((byte)padding)
            ? padded[..^padding]
            : null;
    }
}
