using System.Globalization;
using System.Text.Json;
using DevNet.Blocks;

namespace DevNet.Rpc;

/// <summary>The <c>chain_</c> methods.</summary>
static class ChainMethods
{
    public static void AddTo(Dictionary<string, Action<RpcCall>> methods, Chain chain)
    {
        methods["chain_getBlockHash"] = methods["chain_getHead"] = call => WriteHash(call, chain);
        methods["chain_getFinalizedHead"] = methods["chain_getFinalisedHead"] = call => call.Result.WriteStringValue(HexText.Of(chain.Finalized.Hash));
        methods["chain_getHeader"] = call => WriteOrNull(call.Result, Find(call, chain), block => block.Header.WriteJson(call.Result));
        methods["chain_getBlock"] = call => WriteOrNull(call.Result, Find(call, chain), block => WriteBlock(call.Result, block));
        methods["chain_subscribeNewHeads"] = methods["chain_subscribeNewHead"] = call => SubscribeHeads(call, chain, "chain_newHead");
        methods["chain_subscribeAllHeads"] = call => SubscribeHeads(call, chain, "chain_allHead");
        methods["chain_subscribeFinalizedHeads"] = call => SubscribeFinalized(call, chain);
        foreach (var name in (string[])["NewHeads", "NewHead", "AllHeads", "FinalizedHeads"])
            methods["chain_unsubscribe" + name] = Subscriptions.Close;
    }

    /// <summary>The hash at a height; of the best block without one. A height may be a number or hex text.</summary>
    static void WriteHash(RpcCall call, Chain chain)
    {
        var block = call.Find(0) is { } height ? chain.At(Height(height)) : chain.Head;
        WriteOrNull(call.Result, block, found => call.Result.WriteStringValue(HexText.Of(found.Hash)));
    }

    static ulong Height(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var number))
            return number;
        return element.ValueKind == JsonValueKind.String && element.GetString() is ['0', 'x', .. var digits]
            && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : throw RpcException.InvalidParams("A block number is a number or hex text beginning with 0x.");
    }

    static Block? Find(RpcCall call, Chain chain) => call.Hash(0) is { } hash ? chain.Find(hash) : chain.Head;

    static void WriteOrNull(Utf8JsonWriter writer, Block? block, Action<Block> write)
    {
        if (block is null)
            writer.WriteNullValue();
        else
            write(block);
    }

    static void WriteBlock(Utf8JsonWriter writer, Block block)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("block"u8);
        writer.WritePropertyName("header"u8);
        block.Header.WriteJson(writer);
        writer.WriteStartArray("extrinsics"u8);
        foreach (var extrinsic in block.Extrinsics)
            writer.WriteStringValue(HexText.Of(extrinsic));
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteNull("justifications"u8);
        writer.WriteEndObject();
    }

    static void SubscribeHeads(RpcCall call, Chain chain, string notification) => Subscriptions.Open(call, notification, notify =>
    {
        void Send(Block block) => notify(block.Header.WriteJson);
        Send(chain.Head);
        chain.Imported += Send;
        return () => chain.Imported -= Send;
    });

    static void SubscribeFinalized(RpcCall call, Chain chain) => Subscriptions.Open(call, "chain_finalizedHead", notify =>
    {
        void Send(Block block) => notify(block.Header.WriteJson);
        Send(chain.Finalized);
        chain.BlockFinalized += Send;
        return () => chain.BlockFinalized -= Send;
    });
}
