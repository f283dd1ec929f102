using System.Security.Cryptography;

namespace ComputeMiner.Allocations;

/// <summary>
/// The RSA public key of a renter: credentials are sealed to it, and whoever sends it again speaks for the allocation. Compared by
/// content, so that line ends and blanks of the PEM text do not matter.
/// </summary>
sealed record RenterKey
{
    const int SmallestBits = 2048;
    const int LargestBits = 8192;

    // An 8192-bit key takes under 1.5 KB as PEM.
    const int LargestText = 16 * 1024;

    RenterKey(string pem, string fingerprint) => (Pem, Fingerprint) = (pem, fingerprint);

    /// <summary>The key as a PEM "PUBLIC KEY".</summary>
    public string Pem { get; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo, lower-case hex.</summary>
    public string Fingerprint { get; }

    public bool Equals(RenterKey? other) => other is not null && Fingerprint == other.Fingerprint;

    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Fingerprint;

    /// <summary>Reads a PEM "PUBLIC KEY" with an RSA key of 2048 to 8192 bits and an odd exponent above 2.</summary>
    public static bool TryParse(string? text, out RenterKey? key)
    {
        key = null;
        if (text is null || text.Length > LargestText || !PemEncoding.TryFind(text, out var fields) || !text.AsSpan(fields.Label).SequenceEqual("PUBLIC KEY"))
            return false;
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text[fields.Base64Data]), out _);
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            if (rsa.KeySize is < SmallestBits or > LargestBits || !IsUsable(parameters.Modulus!, parameters.Exponent!))
                return false;
            // A key that cannot encrypt is found out here, before anything is started for it.
            rsa.Encrypt("probe"u8.ToArray(), RSAEncryptionPadding.OaepSHA256);
            var info = rsa.ExportSubjectPublicKeyInfo();
            key = new RenterKey(
                PemEncoding.WriteString("PUBLIC KEY", info) + "\n", Convert.ToHexStringLower(SHA256.HashData(info)));
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return false;
        }
    }

    static bool IsUsable(byte[] modulus, byte[] exponent) =>
        (modulus[^1] & 1) == 1 && (exponent[^1] & 1) == 1 && exponent.AsSpan().TrimStart((byte)0) is { Length: > 1 } or [> 2];
}
