using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Renci.SshNet;

namespace ComputeMiner.Validator;

/// <summary>A fresh SSH key pair of a renter (ECDSA P-256): the line for authorized_keys and the private key to log in with.</summary>
sealed class RenterSshKey : IDisposable
{
    const string Type = "ecdsa-sha2-nistp256";
    const string Curve = "nistp256";

    RenterSshKey(string publicLine, PrivateKeyFile privateKey) => (PublicLine, PrivateKey) = (publicLine, privateKey);

    /// <summary>The OpenSSH public key line: type, base64 blob, comment.</summary>
    public string PublicLine { get; }

    public PrivateKeyFile PrivateKey { get; }

    public static RenterSshKey Create(string comment)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var blob = new List<byte>();
        AppendString(blob, Encoding.ASCII.GetBytes(Type));
        AppendString(blob, Encoding.ASCII.GetBytes(Curve));
        AppendString(blob, [4, .. point.X!, .. point.Y!]);
        using var pem = new MemoryStream(Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));
        return new RenterSshKey($"{Type} {Convert.ToBase64String([.. blob])} {comment}", new PrivateKeyFile(pem));
    }

    public void Dispose() => PrivateKey.Dispose();

    // RFC 4251 section 5: a string is its length as a big-endian 32-bit integer, then its bytes.
    static void AppendString(List<byte> blob, byte[] value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        blob.AddRange(length);
        blob.AddRange(value);
    }
}
