using System.Security.Cryptography;

namespace Bittensor.Keys;

/// <summary>
/// Reads and writes key files as btcli does: JSON, plain or encrypted ($NACL is read and written; $ANSIBLE_VAULT and Fernet of older
/// tools are read).
/// </summary>
/// <remarks>Source: opentensor/btwallet, src/keyfile.rs.</remarks>
public static class Keyfile
{
    const int LongestFile = 64 * 1024;

    /// <summary>Reads the key pair of a file. The caller disposes it.</summary>
    /// <param name="path">The file; no <c>~</c>.</param>
    /// <param name="passwords">Where an encrypted file's password comes from; the environment when null.</param>
    /// <exception cref="KeyfileException">Missing, damaged, contradictory or public file; no or wrong password.</exception>
    public static KeySecrets Read(string path, KeyfilePasswordSource? passwords = null) =>
        ReadContent(path, passwords).Secrets
        ?? throw new KeyfileException(path, "It holds a public key only and cannot sign. Use the file with the private key.");

    /// <summary>Reads the public key of a file, private or public.</summary>
    /// <inheritdoc cref="Read"/>
    public static AccountId ReadPublic(string path, KeyfilePasswordSource? passwords = null)
    {
        var content = ReadContent(path, passwords);
        content.Secrets?.Dispose();
        return content.Account;
    }

    /// <summary>True when the file can only be read with a password.</summary>
    /// <exception cref="KeyfileException">The file is missing or may not be read.</exception>
    public static bool IsEncrypted(string path) => VaultOf(Load(path)) is not null;

    /// <summary>Writes a key with its secrets, mode 0600, missing directories 0700.</summary>
    /// <param name="path">The file; no <c>~</c>.</param>
    /// <param name="secrets">The key.</param>
    /// <param name="password">Encrypts the file ($NACL, takes seconds); null leaves it plain, as hotkeys usually are.</param>
    /// <param name="overwrite">True replaces an existing file, whose key may be lost for good.</param>
    /// <exception cref="KeyfileException">The file exists and is not to be overwritten, or the system refuses.</exception>
    public static void Write(string path, KeySecrets secrets, string? password = null, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        var plain = KeyfileFields.Serialize(secrets.Keypair.Account, secrets);
        try
        {
            PrivateFile.RequireAbsent(path, overwrite);
            PrivateFile.Write(path, password is null ? plain : NaclVault.Seal(path, plain, password), overwrite);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Writes a public key only, as <c>coldkeypub.txt</c> is.</summary>
    /// <inheritdoc cref="Write"/>
    public static void WritePublic(string path, AccountId account, bool overwrite = false) =>
        PrivateFile.Write(path, KeyfileFields.Serialize(account, secrets: null), overwrite);

    internal static KeyfileContent ReadContent(string path, KeyfilePasswordSource? passwords)
    {
        var file = Load(path);
        var plain = VaultOf(file) is { } open ? Decrypt(path, file, open, passwords ?? KeyfilePassword.FromEnvironment) : file;
        try
        {
            return KeyfileContent.Read(path, KeyfileFields.Parse(path, plain));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    delegate byte[]? Vault(string path, ReadOnlySpan<byte> file, string password);

    static Vault? VaultOf(ReadOnlySpan<byte> file) =>
        file.StartsWith(NaclVault.Prefix) ? NaclVault.Open
        : file.StartsWith(AnsibleVault.Prefix) ? AnsibleVault.Open
        : file.StartsWith(FernetVault.Prefix) ? FernetVault.Open
        : null;

    static byte[] Decrypt(string path, byte[] file, Vault open, KeyfilePasswordSource passwords)
    {
        var password = passwords(path) ?? throw new KeyfileException(
            path,
            $"It is encrypted and no password is known. Set environment variable {KeyfilePassword.VariableName(path)}.");
        return open(path, file, password)
            ?? throw new KeyfileException(
                path, "The password is wrong, or the file is damaged. Check the password, or restore it from its mnemonic.");
    }

    static byte[] Load(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LongestFile })
                throw new KeyfileException(path, $"It is longer than {LongestFile} bytes and no key file. Check the path.");
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyfileException(path, "It does not exist. Check the wallet's path and names, or create the key.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyfileException(
                path, "It cannot be read. Check that it is a file and belongs to the user this program runs as.", error);
        }
    }
}
