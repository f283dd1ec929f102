using DevNet.Blocks;

namespace DevNet.Rpc;

/// <summary>The <c>system_</c> methods about the node itself.</summary>
static class SystemMethods
{
    public static void AddTo(Dictionary<string, Action<RpcCall>> methods, Chain chain)
    {
        methods["system_chain"] = call => call.Result.WriteStringValue("Bittensor");
        methods["system_name"] = call => call.Result.WriteStringValue("Bittensor Dev Node");
        methods["system_version"] = call => call.Result.WriteStringValue("0.1.0");
        methods["system_chainType"] = call => call.Result.WriteStringValue("Development");
        methods["system_properties"] = WriteProperties;
        methods["system_health"] = WriteHealth;
        methods["system_syncState"] = call => WriteSyncState(call, chain);
    }

    static void WriteProperties(RpcCall call)
    {
        call.Result.WriteStartObject();
        call.Result.WriteNumber("ss58Format"u8, 42);
        call.Result.WriteNumber("tokenDecimals"u8, 9);
        call.Result.WriteString("tokenSymbol"u8, "TAO"u8);
        call.Result.WriteEndObject();
    }

    static void WriteHealth(RpcCall call)
    {
        call.Result.WriteStartObject();
        call.Result.WriteNumber("peers"u8, 0);
        call.Result.WriteBoolean("isSyncing"u8, false);
        call.Result.WriteBoolean("shouldHavePeers"u8, false);
        call.Result.WriteEndObject();
    }

    static void WriteSyncState(RpcCall call, Chain chain)
    {
        call.Result.WriteStartObject();
        call.Result.WriteNumber("startingBlock"u8, 0);
        call.Result.WriteNumber("currentBlock"u8, chain.Head.Number);
        call.Result.WriteNumber("highestBlock"u8, chain.Head.Number);
        call.Result.WriteEndObject();
    }
}
