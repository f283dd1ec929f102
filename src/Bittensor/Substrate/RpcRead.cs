using System.Text.Json;
using Bittensor.Scale;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>The node's methods in our types.</summary>
static class RpcRead
{
    public static async Task<byte[]> StateCallAsync(
        this RpcConnection rpc, string method, ReadOnlyMemory<byte> parameters, BlockHash? at, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("state_call", writer =>
        {
            writer.WriteStringValue(method);
            writer.WriteStringValue(Hex.Encode(parameters.Span));
            WriteAt(writer, at);
        }, cancellation);
        return Bytes(result, method);
    }

    /// <summary>The value under a key, or null when there is none.</summary>
    public static async Task<byte[]?> StorageAsync(this RpcConnection rpc, ReadOnlyMemory<byte> key, BlockHash? at, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("state_getStorage", writer =>
        {
            writer.WriteStringValue(Hex.Encode(key.Span));
            WriteAt(writer, at);
        }, cancellation);
        return IsNull(result) ? null : Bytes(result, "state_getStorage");
    }

    /// <summary>The values under several keys at one block, in the order of the keys; null where there is none.</summary>
    public static async Task<byte[]?[]> StorageAsync(
        this RpcConnection rpc, IReadOnlyList<byte[]> keys, BlockHash? at, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("state_queryStorageAt", writer =>
        {
            writer.WriteStartArray();
            foreach (var key in keys)
                writer.WriteStringValue(Hex.Encode(key));
            writer.WriteEndArray();
            WriteAt(writer, at);
        }, cancellation);
        var values = new Dictionary<string, byte[]?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var set in result.EnumerateArray())
            {
                foreach (var change in set.GetProperty("changes").EnumerateArray())
                    values[change[0].GetString() ?? ""] = IsNull(change[1]) ? null : Bytes(change[1], "state_queryStorageAt");
            }
        }
        catch (Exception fault) when (fault is InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw Unexpected("state_queryStorageAt");
        }
        return [.. keys.Select(key => values.GetValueOrDefault(Hex.Encode(key)))];
    }

    /// <summary>The hash of the block of that number, of the best block for null; null when there is none of that number.</summary>
    public static async Task<BlockHash?> BlockHashAsync(this RpcConnection rpc, ulong? number, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("chain_getBlockHash", writer =>
        {
            if (number is { } given)
                writer.WriteNumberValue(given);
        }, cancellation);
        return IsNull(result) ? null : Hash(result, "chain_getBlockHash");
    }

    public static async Task<BlockHash> FinalizedHashAsync(this RpcConnection rpc, CancellationToken cancellation) =>
        Hash(await rpc.CallAsync("chain_getFinalizedHead", null, cancellation), "chain_getFinalizedHead");

    public static async Task<BlockHeader> HeaderAsync(this RpcConnection rpc, BlockHash? hash, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("chain_getHeader", writer => WriteAt(writer, hash), cancellation);
        return IsNull(result)
            ? throw new SubstrateException($"The node does not know block {hash}.", isTransient: true)
            : HeaderReader.Read(result);
    }

    /// <summary>Spec version and transaction version.</summary>
    public static async Task<(uint Spec, uint Transaction)> RuntimeVersionAsync(this RpcConnection rpc, BlockHash? at, CancellationToken cancellation) =>
        RuntimeVersion(await rpc.CallAsync("state_getRuntimeVersion", writer => WriteAt(writer, at), cancellation));

    public static (uint Spec, uint Transaction) RuntimeVersion(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("specVersion", out var spec) || !spec.TryGetUInt32(out var specVersion))
            throw Unexpected("state_getRuntimeVersion");
        // Runtimes without the field are of transaction version 1.
        var hasTransaction = json.TryGetProperty("transactionVersion", out var transaction) && transaction.ValueKind == JsonValueKind.Number;
        return (specVersion, hasTransaction ? transaction.GetUInt32() : 1);
    }

    /// <summary>The extrinsics of a block; null when the node does not know it.</summary>
    public static async Task<List<byte[]>?> ExtrinsicsAsync(this RpcConnection rpc, BlockHash block, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("chain_getBlock", writer => writer.WriteStringValue(block.ToString()), cancellation);
        if (IsNull(result))
            return null;
        if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty("block", out var content)
            || content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("extrinsics", out var list) || list.ValueKind != JsonValueKind.Array)
            throw Unexpected("chain_getBlock");
        return [.. list.EnumerateArray().Select(item => Bytes(item, "chain_getBlock"))];
    }

    public static async Task<ulong> NextNonceAsync(this RpcConnection rpc, string account, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("system_accountNextIndex", writer => writer.WriteStringValue(account), cancellation);
        return result.ValueKind == JsonValueKind.Number && result.TryGetUInt64(out var nonce) ? nonce : throw Unexpected("system_accountNextIndex");
    }

    public static BlockHash Hash(JsonElement json, string method) =>
        json.ValueKind == JsonValueKind.String && BlockHash.TryParse(json.GetString(), out var hash) ? hash : throw Unexpected(method);

    static byte[] Bytes(JsonElement json, string method) =>
        json.ValueKind == JsonValueKind.String && Hex.TryDecode(json.GetString(), out var bytes) ? bytes : throw Unexpected(method);

    static bool IsNull(JsonElement json) => json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    static void WriteAt(Utf8JsonWriter writer, BlockHash? at)
    {
        if (at is { } hash)
            writer.WriteStringValue(hash.ToString());
    }

    static SubstrateException Unexpected(string method) => new($"The node's answer to {method} has an unexpected form.", isTransient: true);

    /// <summary>Turns bytes that do not decode into the failure of the node that sent them.</summary>
    public static SubstrateException Undecodable(string what, ScaleException fault) =>
        new($"The chain's {what} cannot be decoded: {fault.Message} The runtime may be newer than this program.", isTransient: false, fault);
}
