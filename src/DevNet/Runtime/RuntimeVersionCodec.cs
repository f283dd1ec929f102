using System.Text.Json;
using Bittensor.Scale;
using DevNet.Metadata;

namespace DevNet.Runtime;

/// <summary>Writes the runtime's version as SCALE (<c>Core_version</c>) and as JSON (<c>state_getRuntimeVersion</c>).</summary>
/// <remarks>Source: polkadot-sdk, substrate/primitives/version/src/lib.rs, RuntimeVersion.</remarks>
static class RuntimeVersionCodec
{
    const string Name = "node-subtensor";

    public static byte[] Encode(uint specVersion, IReadOnlyList<RuntimeApiDefinition> apis)
    {
        var writer = new ScaleWriter().WriteString(Name).WriteString(Name).WriteUInt32(1).WriteUInt32(specVersion).WriteUInt32(1);
        writer.WriteCompact((uint)apis.Count);
        foreach (var api in apis)
            writer.WriteBytes(Convert.FromHexString(api.Id)).WriteUInt32(api.Version);
        return writer.WriteUInt32(RuntimeDefinition.TransactionVersion).WriteByte(1).ToArray();
    }

    public static void WriteJson(Utf8JsonWriter writer, RuntimeDefinition runtime)
    {
        writer.WriteStartObject();
        writer.WriteString("specName"u8, Name);
        writer.WriteString("implName"u8, Name);
        writer.WriteNumber("authoringVersion"u8, 1);
        writer.WriteNumber("specVersion"u8, runtime.SpecVersion);
        writer.WriteNumber("implVersion"u8, 1);
        writer.WriteStartArray("apis"u8);
        foreach (var api in runtime.Apis)
        {
            writer.WriteStartArray();
            writer.WriteStringValue("0x" + api.Id);
            writer.WriteNumberValue(api.Version);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteNumber("transactionVersion"u8, RuntimeDefinition.TransactionVersion);
        writer.WriteNumber("systemVersion"u8, 1);
        writer.WriteNumber("stateVersion"u8, 1);
        writer.WriteEndObject();
    }
}
