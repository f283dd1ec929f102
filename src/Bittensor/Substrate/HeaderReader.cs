using System.Globalization;
using System.Text.Json;
using Bittensor.Crypto;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads a header in the node's JSON form and computes the block's hash from it.</summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/primitives/runtime/src/generic/header.rs.</remarks>
static class HeaderReader
{
    /// <exception cref="SubstrateException">The JSON is no header.</exception>
    public static BlockHeader Read(JsonElement json)
    {
        try
        {
            var parent = Bytes(json.GetProperty("parentHash"));
            var number = Number(json.GetProperty("number"));
            var writer = new ScaleWriter()
                .WriteBytes(parent)
                .WriteCompact(number)
                .WriteBytes(Bytes(json.GetProperty("stateRoot")))
                .WriteBytes(Bytes(json.GetProperty("extrinsicsRoot")));
            var logs = json.GetProperty("digest").GetProperty("logs");
            writer.WriteCompact((uint)logs.GetArrayLength());
            foreach (var log in logs.EnumerateArray())
                writer.WriteBytes(Bytes(log));
            return new BlockHeader(number, new BlockHash(Blake2b.Hash256(writer.WrittenSpan)), new BlockHash(parent));
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new SubstrateException($"The node sent a block header that cannot be read: {fault.Message}", isTransient: true, fault);
        }
    }

    /// <summary>Hex of any width, odd and zero-padded too; some servers send a plain number.</summary>
    static ulong Number(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
            return json.GetUInt64();
        var text = json.GetString() ?? "";
        return ulong.Parse(text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    static byte[] Bytes(JsonElement json) =>
        Hex.TryDecode(json.GetString(), out var bytes) ? bytes : throw new FormatException("Hex was expected.");
}
