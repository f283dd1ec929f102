using System.Globalization;
using System.Text.Json;
using Bittensor.Crypto;
using Bittensor.Scale;

namespace DevNet.Blocks;

/// <summary>A block header. Its hash is BLAKE2b-256 of its encoding.</summary>
/// <remarks>Source: polkadot-sdk, substrate/primitives/runtime/src/generic/header.rs.</remarks>
sealed record BlockHeaderData(byte[] ParentHash, uint Number, byte[] StateRoot, byte[] ExtrinsicsRoot, byte[][] Logs)
{
    public byte[] ComputeHash()
    {
        var writer = new ScaleWriter()
            .WriteBytes(ParentHash).WriteCompact(Number).WriteBytes(StateRoot).WriteBytes(ExtrinsicsRoot).WriteCompact((uint)Logs.Length);
        foreach (var log in Logs)
            writer.WriteBytes(log);
        return Blake2b.Hash256(writer.WrittenSpan);
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("parentHash"u8, HexText.Of(ParentHash));
        writer.WriteString("number"u8, string.Create(CultureInfo.InvariantCulture, $"0x{Number:x}"));
        writer.WriteString("stateRoot"u8, HexText.Of(StateRoot));
        writer.WriteString("extrinsicsRoot"u8, HexText.Of(ExtrinsicsRoot));
        writer.WriteStartObject("digest"u8);
        writer.WriteStartArray("logs"u8);
        foreach (var log in Logs)
            writer.WriteStringValue(HexText.Of(log));
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
