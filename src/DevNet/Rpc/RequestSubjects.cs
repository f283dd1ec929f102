using System.Text.Json;
using DevNet.Blocks;
using DevNet.Runtime;

namespace DevNet.Rpc;

/// <summary>What a request is about, in the chain's own names.</summary>
static class RequestSubjects
{
    /// <summary><c>storage Pallet.Item</c> for each key, <c>call Api_method</c>, or <c>rpc method</c>.</summary>
    /// <param name="method">The JSON-RPC method.</param>
    /// <param name="call">Its parameters.</param>
    /// <param name="runtime">Whose names they are.</param>
    public static List<string> Of(string method, RpcCall call, RuntimeDefinition runtime) => method switch
    {
        "state_call" or "state_callAt" => [$"call {call.Text(0)}"],
        "state_getStorage" or "state_getStorageAt" or "state_getStorageSize" => [Item(call.Bytes(0), runtime)],
        "state_queryStorageAt" or "state_subscribeStorage" => [.. call.BytesList(0).Select(key => Item(key, runtime)).Distinct()],
        "state_getKeysPaged" or "state_getKeysPagedAt" when call.Find(0) is { ValueKind: JsonValueKind.String } => [Item(call.Bytes(0), runtime)],
        _ => [$"rpc {method}"],
    };

    static string Item(byte[] key, RuntimeDefinition runtime) => $"storage {runtime.StorageName(key) ?? HexText.Of(key)}";
}
