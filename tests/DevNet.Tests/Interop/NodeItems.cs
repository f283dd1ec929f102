using System.Text.Json.Nodes;
using Bittensor.Substrate;
using Bittensor.Subtensor;
using DevNet.Tests.Faults;

namespace DevNet.Tests.Interop;

/// <summary>Compares what a node's methods say, besides storage and runtime calls, as our client and @polkadot/api read it.</summary>
static class NodeItems
{
    /// <param name="scene">Our client, at a chain whose blocks are made by hand.</param>
    /// <param name="polkadot">The other one.</param>
    /// <param name="method">The JSON-RPC method.</param>
    /// <returns>Where they differ; null when they agree.</returns>
    public static async Task<string?> CompareAsync(FaultScene scene, PolkadotApiProcess polkadot, string method)
    {
        var session = await scene.Client.Substrate.GetSessionAsync(scene.Patience);
        var (rpc, head, end) = (session.Rpc, await session.Rpc.HeaderAsync(null, scene.Patience), scene.Patience);
        switch (method)
        {
            case "author_submitAndWatchExtrinsic":
                scene.Move();
                return await SameExtrinsicAsync(scene, polkadot, await scene.ServeAsync());
            case "chain_getBlock":
                return await SameExtrinsicAsync(scene, polkadot, await scene.ServeAsync());
            case "chain_getBlockHash":
                return Same($"{await rpc.BlockHashAsync(1, end)} {await rpc.BlockHashAsync(null, end)} {await rpc.BlockHashAsync(999_999, end)}",
                    $"{await HashAsync(1)} {await HashAsync()} {Absent(await HashAsync(999_999))}");
            case "chain_getFinalizedHead":
                return Same(await rpc.FinalizedHashAsync(end), await NodeAsync("chain", "getFinalizedHead"));
            case "chain_getHeader":
                return Same(head, Header(await polkadot.AskAsync("header", new() { ["at"] = head.Hash.ToString() })));
            case "chain_subscribeNewHeads":
                return Same((await scene.Client.GetHeadAsync(end)).Number, (await FirstAsync("chain", "subscribeNewHeads"))!["number"]);
            case "state_getRuntimeVersion":
                return Same(await rpc.RuntimeVersionAsync(null, end), Version(await NodeAsync("state", "getRuntimeVersion")));
            case "state_subscribeRuntimeVersion":
                return Same(
                    (session.Runtime.SpecVersion, session.Runtime.TransactionVersion), Version(await FirstAsync("state", "subscribeRuntimeVersion")));
            case "system_accountNextIndex":
                var account = scene.Miner.Account.ToString();
                return Same(await rpc.NextNonceAsync(account, end), await NodeAsync("system", "accountNextIndex", account));
            case "system_health":
                return Same("false", (await NodeAsync("system", "health"))!["isSyncing"]);
            default:
                return $": no comparison is written for {method}";
        }

        Task<JsonNode?> NodeAsync(string section, string name, params JsonNode[] parameters) =>
            polkadot.AskAsync("node", new() { ["section"] = section, ["method"] = name, ["params"] = new JsonArray(parameters) });

        Task<JsonNode?> FirstAsync(string section, string name) =>
            polkadot.AskAsync("first", new() { ["section"] = section, ["method"] = name });

        Task<JsonNode?> HashAsync(params JsonNode[] parameters) => NodeAsync("chain", "getBlockHash", parameters);
    }

    /// <summary>The block a receipt names holds, where it says, the extrinsic that was signed: by the other client's reading of its bytes.</summary>
    static async Task<string?> SameExtrinsicAsync(FaultScene scene, PolkadotApiProcess polkadot, ExtrinsicReceipt receipt)
    {
        var block = (await polkadot.AskAsync("block", new() { ["at"] = receipt.Block.ToString() }))!.AsArray();
        var session = await scene.Client.Substrate.GetSessionAsync(scene.Patience);
        var ours = (await session.Rpc.ExtrinsicsAsync(receipt.Block, scene.Patience))!;
        var extrinsic = block[(int)receipt.Index]!;
        return Same(
                string.Join(',', ours.Select(bytes => "0x" + Convert.ToHexStringLower(bytes))),
                string.Join(',', block.Select(item => (string)item!["bytes"]!)))
            ?? Same((receipt.ExtrinsicHash.ToString(), scene.Miner.Hotkey.ToString(), "subtensorModule.serveAxon"),
                ((string)extrinsic["hash"]!, (string)extrinsic["signer"]!, (string)extrinsic["call"]!))
            ?? Same($"[27,190,{ChainIpAddress.ToNumber(scene.Place.Ip)},{scene.Place.Port},4,4,0,0]", extrinsic["arguments"]!.ToJsonString());
    }

    static BlockHeader Header(JsonNode? header) =>
        new((ulong)header!["number"]!, BlockHash.Parse((string)header["hash"]!), BlockHash.Parse((string)header["parentHash"]!));

    static (uint Spec, uint Transaction) Version(JsonNode? version) => ((uint)version!["specVersion"]!, (uint)version["transactionVersion"]!);

    /// <summary>@polkadot/api shows an unknown block's hash as zeros, we show nothing.</summary>
    static string Absent(JsonNode? hash) => hash is null || ((string)hash!)[2..].All(digit => digit == '0') ? "" : (string)hash!;

    static string? Same(object ours, object? theirs) =>
        Equals(ours.ToString()?.ToLowerInvariant(), theirs?.ToString()?.ToLowerInvariant()) ? null : $": {ours} and {theirs}";
}
