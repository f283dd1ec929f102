using System.Text.Json;
using DevNet.Blocks;
using DevNet.Runtime;
using DevNet.State;

namespace DevNet.Rpc;

/// <summary>The <c>state_</c> methods.</summary>
static class StateMethods
{
    const uint MaximumPage = 1000;

    public static void AddTo(Dictionary<string, Action<RpcCall>> methods, Chain chain)
    {
        methods["state_getRuntimeVersion"] = methods["chain_getRuntimeVersion"] =
            call => RuntimeVersionCodec.WriteJson(call.Result, BlockAt(call, 0, chain).Runtime);
        methods["state_getMetadata"] = call => call.Result.WriteStringValue(HexText.Of(BlockAt(call, 0, chain).Runtime.Metadata(14)));
        methods["state_call"] = methods["state_callAt"] = call => RunApi(call, chain);
        methods["state_getStorage"] = methods["state_getStorageAt"] = call => WriteValue(call.Result, Read(StateAt(call, 1, chain), call.Bytes(0)));
        methods["state_getStorageSize"] = call => WriteSize(call.Result, Read(StateAt(call, 1, chain), call.Bytes(0)));
        methods["state_queryStorageAt"] = call => QueryAt(call, chain);
        methods["state_getKeysPaged"] = methods["state_getKeysPagedAt"] = call => WriteKeys(call, chain);
        methods["state_subscribeStorage"] = call => SubscribeStorage(call, chain);
        methods["state_subscribeRuntimeVersion"] = methods["chain_subscribeRuntimeVersion"] = call => SubscribeVersion(call, chain);
        foreach (var name in (string[])["state_unsubscribeStorage", "state_unsubscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"])
            methods[name] = Subscriptions.Close;
        foreach (var name in (string[])["state_getPairs", "state_queryStorage", "state_traceBlock"])
            methods[name] = _ => throw new RpcException(-32601, "RPC call is unsafe to be called externally");
    }

    static Block BlockAt(RpcCall call, int position, Chain chain)
    {
        if (call.Hash(position) is not { } hash)
            return chain.Head;
        return chain.Find(hash) ?? throw RpcException.Client($"UnknownBlock: Header was not found in the database: {HexText.Of(hash)}");
    }

    static ChainState StateAt(RpcCall call, int position, Chain chain) => Chain.StateOf(BlockAt(call, position, chain));

    static byte[]? Read(ChainState state, byte[] key) => state.Entries.GetValueOrDefault(key);

    static void RunApi(RpcCall call, Chain chain)
    {
        var (method, block) = (call.Text(0), BlockAt(call, 2, chain));
        var state = Chain.StateOf(block);
        call.Result.WriteStringValue(HexText.Of(new RuntimeApiHandler(state, block, chain).Run(method, call.Bytes(1))));
    }

    static void WriteValue(Utf8JsonWriter writer, byte[]? value)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            writer.WriteStringValue(HexText.Of(value));
    }

    static void WriteSize(Utf8JsonWriter writer, byte[]? value)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            writer.WriteNumberValue(value.Length);
    }

    static void QueryAt(RpcCall call, Chain chain)
    {
        var (keys, block) = (call.BytesList(0), BlockAt(call, 1, chain));
        var state = Chain.StateOf(block);
        call.Result.WriteStartArray();
        WriteChanges(call.Result, block, keys.Select(key => (key, Read(state, key))));
        call.Result.WriteEndArray();
    }

    static void WriteChanges(Utf8JsonWriter writer, Block block, IEnumerable<(byte[] Key, byte[]? Value)> changes)
    {
        writer.WriteStartObject();
        writer.WriteString("block"u8, HexText.Of(block.Hash));
        writer.WriteStartArray("changes"u8);
        foreach (var (key, value) in changes)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(HexText.Of(key));
            WriteValue(writer, value);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void WriteKeys(RpcCall call, Chain chain)
    {
        var (prefix, count) = (call.Find(0) is null ? [] : call.Bytes(0), call.Number(1));
        var start = call.Find(2) is null ? null : call.Bytes(2);
        if (count > MaximumPage)
            throw new RpcException(4002, $"count exceeds maximum value. value: {count}, max: {MaximumPage}");
        call.Result.WriteStartArray();
        var keys = StateAt(call, 3, chain).KeysUnder(prefix).Where(key => start is null || ByteOrder.Instance.Compare(key, start) > 0);
        foreach (var key in keys.Take((int)count))
            call.Result.WriteStringValue(HexText.Of(key));
        call.Result.WriteEndArray();
    }

    /// <summary>The first notification has every key, later ones those whose value is another than before.</summary>
    static void SubscribeStorage(RpcCall call, Chain chain)
    {
        var keys = call.BytesList(0);
        Subscriptions.Open(call, "state_storage", notify =>
        {
            var last = keys.Select(key => Read(Chain.StateOf(chain.Head), key)).ToArray();
            var first = chain.Head;
            notify(writer => WriteChanges(writer, first, keys.Zip(last)));
            void Send(Block block)
            {
                var state = Chain.StateOf(block);
                var now = keys.Select(key => Read(state, key)).ToArray();
                var changed = Enumerable.Range(0, keys.Length).Where(i => !Same(last[i], now[i])).ToArray();
                last = now;
                if (changed.Length > 0)
                    notify(writer => WriteChanges(writer, block, changed.Select(i => (keys[i], now[i]))));
            }
            chain.Imported += Send;
            return () => chain.Imported -= Send;
        });
    }

    static bool Same(byte[]? left, byte[]? right) => (left is null) == (right is null) && left.AsSpan().SequenceEqual(right);

    static void SubscribeVersion(RpcCall call, Chain chain) => Subscriptions.Open(call, "state_runtimeVersion", notify =>
    {
        var last = chain.Head.Runtime;
        notify(writer => RuntimeVersionCodec.WriteJson(writer, last));
        void Send(Block block)
        {
            if (block.Runtime.SpecVersion == last.SpecVersion)
                return;
            last = block.Runtime;
            notify(writer => RuntimeVersionCodec.WriteJson(writer, last));
        }
        chain.Imported += Send;
        return () => chain.Imported -= Send;
    });
}
