using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ComputeMiner.Releases;

/// <summary>The public Ed25519 key of whoever publishes releases.</summary>
sealed partial class ReleaseKey
{
    public const int Length = 32;
    public const int SignatureLength = 64;

    readonly byte[] _bytes;

    ReleaseKey(byte[] bytes) => _bytes = bytes;

    /// <summary>Reads 32 bytes in base64 or as hex digits.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ReleaseKey? key)
    {
        key = null;
        var bytes = new byte[Length];
        var isRead = text.Length == 2 * Length
            ? Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            : Convert.TryFromBase64String(text, bytes, out written);
        if (!isRead || written != Length)
            return false;
        key = new ReleaseKey(bytes);
        return true;
    }

    /// <summary>Whether this key's holder signed exactly these bytes (RFC 8032).</summary>
    public bool Signed(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength && crypto_sign_verify_detached(signature, message, (ulong)message.Length, _bytes) == 0;

    public override string ToString() => Convert.ToBase64String(_bytes);

    [LibraryImport("libsodium")]
    private static partial int crypto_sign_verify_detached(
        ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> publicKey);
}
