using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bittensor.Crypto;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// A hotkey's word that a run is its own: sr25519 over the SHA-256 of the run's id, in lower-case hex. It says nothing about the run's
/// content, which whoever may write the run can change.
/// </summary>
static class RunSignature
{
    public static string Sign(Keypair hotkey, string run) => Convert.ToHexStringLower(hotkey.Sign(Digest(run)));

    public static bool Verify(Hotkey hotkey, string run, string signature)
    {
        // 128 digits and nothing else: Python's reader takes no prefix either.
        Span<byte> bytes = stackalloc byte[Sr25519.SignatureLength];
        return signature.Length == 2 * bytes.Length
            && Convert.FromHexString(signature, bytes, out _, out _) == OperationStatus.Done
            && Sr25519.Verify(hotkey.Account.Bytes, Digest(run), bytes);
    }

    /// <summary>A run's document is by a hotkey: it names it, and holds its signature of the run's id.</summary>
    public static bool IsIn(JsonObject? document, Hotkey hotkey, string run) =>
        RunDocument.Text(document, "hotkey") == hotkey.ToString() && RunDocument.Text(document, "signature") is { } signature && Verify(hotkey, run, signature);

    static byte[] Digest(string run) => SHA256.HashData(Encoding.UTF8.GetBytes(run));
}
