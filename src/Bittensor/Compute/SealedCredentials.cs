using System.Security.Cryptography;
using System.Text.Json;

namespace Bittensor.Compute;

/// <summary>
/// Credentials on the wire: a JSON object with username, password, port and version under RSAES-OAEP-SHA256, in base64.
/// </summary>
/// <remarks>Source: neuralinternet/ni-compute, RSAEncryption.py, encrypt_data and decrypt_data.</remarks>
public static class SealedCredentials
{
    /// <summary>Seals credentials under a renter's key. The result is base64 without line breaks (344 characters at 2048 bits).</summary>
    /// <exception cref="CryptographicException">The credentials do not fit the key.</exception>
    public static string Seal(SshCredentials credentials, SealingKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var plaintext = JsonSerializer.SerializeToUtf8Bytes(credentials, ComputeJson.Default.SshCredentials);
        try
        {
            return Convert.ToBase64String(key.Encrypt(plaintext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <param name="info">The base64 text of an answer's <c>info</c>.</param>
    /// <param name="privateKey">The renter's private key.</param>
    /// <exception cref="FormatException">No base64, or the plaintext is not a credentials object.</exception>
    /// <exception cref="CryptographicException">Sealed under another key or in another way.</exception>
    public static SshCredentials Open(string info, RSA privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        var plaintext = privateKey.Decrypt(Convert.FromBase64String(info), RSAEncryptionPadding.OaepSHA256);
        try
        {
            return JsonSerializer.Deserialize(plaintext, ComputeJson.Default.SshCredentials)
                is { Username: not null, Password: not null, Port: > 0 and <= ushort.MaxValue } credentials
                ? credentials
                : throw new FormatException("The sealed text holds no credentials: username, password or port is missing.");
        }
        catch (JsonException)
        {
            // The inner exception would quote the text around the fault, which is a password.
            throw new FormatException("The sealed text is not a JSON object of credentials.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
