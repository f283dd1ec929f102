using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Bittensor.Compute;

/// <summary>
/// A renter's RSA public key: the credentials of an allocation are sealed under it. Two texts of the same key, whatever their
/// line ends, have the same <see cref="Fingerprint"/>.
/// </summary>
public sealed class SealingKey
{
    /// <summary>Shorter keys cannot hold the credentials safely.</summary>
    public const int MinBits = 2048;

    /// <summary>Longer keys only burn time.</summary>
    public const int MaxBits = 8192;

    const int MaxTextLength = 4096;
    const string Label = "PUBLIC KEY";

    readonly byte[] _subjectPublicKeyInfo;

    SealingKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));
    }

    /// <summary>Lower-case hex SHA-256 of the key's SubjectPublicKeyInfo: the key's content, whatever its text looked like.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a PEM <c>PUBLIC KEY</c> block that holds an RSA key of 2048 to 8192 bits with an odd exponent above 2.</summary>
    /// <param name="pem">The text; blanks around it and CRLF line ends do not matter.</param>
    /// <param name="key">The key when the answer is true.</param>
    /// <param name="fault">What is wrong when the answer is false.</param>
    public static bool TryParse(string? pem, [NotNullWhen(true)] out SealingKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        if (string.IsNullOrWhiteSpace(pem))
            fault = "The public key is empty.";
        else if (pem.Length > MaxTextLength)
            fault = $"The public key is longer than {MaxTextLength} characters.";
        else if (!PemEncoding.TryFind(pem, out var fields) || !pem.AsSpan()[fields.Label].SequenceEqual(Label))
            fault = $"The public key is no PEM block labelled '{Label}'.";
        else
            fault = Read(Convert.FromBase64String(pem[fields.Base64Data]), out key);
        return fault is null;
    }

    /// <summary>Encrypts with RSAES-OAEP, SHA-256 for digest and mask, empty label.</summary>
    /// <exception cref="CryptographicException">The text is longer than the key can hold (190 bytes at 2048 bits).</exception>
    public byte[] Encrypt(ReadOnlySpan<byte> plaintext)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        return rsa.Encrypt(plaintext, RSAEncryptionPadding.OaepSHA256);
    }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;

    static string? Read(byte[] bytes, out SealingKey? key)
    {
        key = null;
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(bytes, out var read);
            if (read != bytes.Length)
                return "The public key is followed by other data.";
            if (rsa.KeySize is < MinBits or > MaxBits)
                return $"The public key has {rsa.KeySize} bits; {MinBits} to {MaxBits} are accepted.";
            var exponent = rsa.ExportParameters(includePrivateParameters: false).Exponent!;
            if ((exponent[^1] & 1) == 0 || (exponent.Length == 1 && exponent[0] < 3))
                return "The public key's exponent is not an odd number above 2.";
            key = new SealingKey(rsa.ExportSubjectPublicKeyInfo());
            return null;
        }
        catch (CryptographicException)
        {
            return "The public key is no RSA key.";
        }
    }
}
