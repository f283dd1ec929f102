using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>A fresh ed25519 host key, so that no tenant knows the key of a later container.</summary>
static unsafe partial class SshHostKey
{
    const string Type = "ssh-ed25519";

    /// <summary>The private and public key files as sshd reads them, unencrypted (OpenSSH's PROTOCOL.key).</summary>
    public static (string PrivateFile, string PublicFile) Generate()
    {
        var publicKey = new byte[32];
        var secretKey = new byte[64];
        if (crypto_sign_ed25519_keypair(publicKey, secretKey) != 0)
            throw new CryptographicException("libsodium could not make an ed25519 key.");

        var publicBlob = Concat(Text(Type), Field(publicKey));
        var check = RandomNumberGenerator.GetBytes(4);
        var section = Concat(check, check, publicBlob, Field(secretKey), Text(""));
        var padding = Enumerable.Range(1, (8 - section.Length % 8) % 8).Select(i => (byte)i).ToArray();
        var file = Concat(
            Encoding.ASCII.GetBytes("openssh-key-v1\0"), Text("none"), Text("none"), Text(""), Number(1), Field(publicBlob),
            Field(Concat(section, padding)));
        CryptographicOperations.ZeroMemory(secretKey);
        CryptographicOperations.ZeroMemory(section);

        var body = string.Concat(Convert.ToBase64String(file).Chunk(70).Select(line => new string(line) + "\n"));
        CryptographicOperations.ZeroMemory(file);
        return ($"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}-----END OPENSSH PRIVATE KEY-----\n", $"{Type} {Convert.ToBase64String(publicBlob)}\n");
    }

    static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    static byte[] Field(byte[] value) => [.. Number(value.Length), .. value];

    static byte[] Text(string value) => Field(Encoding.ASCII.GetBytes(value));

    static byte[] Concat(params ReadOnlySpan<byte[]> parts)
    {
        var result = new List<byte>();
        foreach (var part in parts)
            result.AddRange(part);
        return [.. result];
    }

    [LibraryImport("libsodium")]
    private static partial int crypto_sign_ed25519_keypair(Span<byte> publicKey, Span<byte> secretKey);
}
