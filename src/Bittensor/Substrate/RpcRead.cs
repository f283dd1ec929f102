using System.Text.Json;
using Bittensor.Scale;
using Bittensor.Substrate.Rpc;

namespace Bittensor.Substrate;

/// <summary>The node's methods in our types.</summary>
static class RpcRead
{
    public static async Task<byte[]> StateCallAsync(
        this RpcConnection rpc, string method, ReadOnlyMemory<byte> parameters, BlockHash? at, CancellationToken cancellation,
        bool isLarge = false)
    {
        var result = await rpc.CallAsync("state_call", writer =>
        {
            writer.WriteStringValue(method);
            writer.WriteStringValue(Hex.Encode(parameters.Span));
            WriteAt(writer, at);
        }, cancellation, method, isLarge);
        return Read(method, result, Bytes);
    }

    /// <summary>The value under a key, or null when there is none.</summary>
    public static async Task<byte[]?> StorageAsync(this RpcConnection rpc, ReadOnlyMemory<byte> key, BlockHash? at, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("state_getStorage", writer =>
        {
            writer.WriteStringValue(Hex.Encode(key.Span));
            WriteAt(writer, at);
        }, cancellation);
        return IsNull(result) ? null : Read("state_getStorage", result, Bytes);
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
        return Read("state_queryStorageAt", result, sets =>
        {
            foreach (var set in sets.EnumerateArray())
            {
                foreach (var change in set.GetProperty("changes").EnumerateArray())
                    values[change[0].GetString() ?? ""] = IsNull(change[1]) ? null : Bytes(change[1]);
            }
            // An absent value is null; a key left out is an answer cut short, and no proof that there is nothing.
            return keys.Select(key => values[Hex.Encode(key)]).ToArray();
        });
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

    // Runtimes without the field are of transaction version 1.
    public static (uint Spec, uint Transaction) RuntimeVersion(JsonElement json) => Read("state_getRuntimeVersion", json, version => (
        version.GetProperty("specVersion").GetUInt32(),
        version.TryGetProperty("transactionVersion", out var transaction) && !IsNull(transaction) ? transaction.GetUInt32() : 1));

    /// <summary>The extrinsics of a block; null when the node does not know it.</summary>
    public static async Task<List<byte[]>?> ExtrinsicsAsync(this RpcConnection rpc, BlockHash block, CancellationToken cancellation)
    {
        var result = await rpc.CallAsync("chain_getBlock", writer => writer.WriteStringValue(block.ToString()), cancellation);
        return IsNull(result)
            ? null
            : Read("chain_getBlock", result, found => found.GetProperty("block").GetProperty("extrinsics").EnumerateArray().Select(Bytes).ToList());
    }

    public static async Task<ulong> NextNonceAsync(this RpcConnection rpc, string account, CancellationToken cancellation) =>
        Read(
            "system_accountNextIndex",
            await rpc.CallAsync("system_accountNextIndex", writer => writer.WriteStringValue(account), cancellation),
            nonce => nonce.GetUInt64());

    public static BlockHash Hash(JsonElement json, string method) => Read(method, json, hash => BlockHash.Parse(hash.GetString()!));

    /// <summary>Takes a value out of an answer. Whatever is wrong with the answer is the node's fault, a text that is no UTF-16 too.</summary>
    public static T Read<T>(string method, JsonElement json, Func<JsonElement, T> read)
    {
        try
        {
            return read(json);
        }
        catch (Exception fault) when (fault is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new SubstrateException($"The node's answer to {method} has an unexpected form.", isTransient: true, fault);
        }
    }

    public static byte[] Bytes(JsonElement json) =>
        Hex.TryDecode(json.GetString(), out var bytes) ? bytes : throw new FormatException("Hex was expected.");

    static bool IsNull(JsonElement json) => json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    static void WriteAt(Utf8JsonWriter writer, BlockHash? at)
    {
        if (at is { } hash)
            writer.WriteStringValue(hash.ToString());
    }

    /// <summary>Turns bytes that do not decode into the failure of the node that sent them.</summary>
    public static SubstrateException Undecodable(string what, ScaleException fault) =>
        new($"The chain's {what} cannot be decoded: {fault.Message} The runtime may be newer than this program.", isTransient: false, fault);
}
