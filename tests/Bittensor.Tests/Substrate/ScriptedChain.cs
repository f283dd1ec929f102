using System.Text.Json;
using System.Text.Json.Nodes;
using Bittensor.Crypto;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Tests.Substrate;

/// <summary>
/// The least chain a client can live on, behind a <see cref="ScriptedNode"/>: blocks on command, storage by key, runtime replies by
/// name, and a pool that does as it is told.
/// </summary>
sealed class ScriptedChain : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly List<(JsonObject Header, BlockHash Hash, string[] Extrinsics)> _blocks = [];
    readonly List<string> _pool = [];
    readonly List<(ScriptedPeer Peer, string Id)> _headFollowers = [];
    readonly List<(ScriptedPeer Peer, string Id)> _versionFollowers = [];
    readonly List<(ScriptedPeer Peer, string Id, string Extrinsic)> _watches = [];
    int _lastSubscription;

    ScriptedChain(RuntimeAge age, byte format)
    {
        SetRuntime(age, format);
        AddBlock([]);
        AddBlock([]);
    }

    public ScriptedNode Node { get; private set; } = null!;

    /// <summary>Answers a request before the chain does; false leaves it to the chain.</summary>
    public Func<ScriptedPeer, JsonElement, Task<bool>>? Before { get; set; }

    public Dictionary<string, byte[]> Storage { get; } = [];

    public Dictionary<string, byte[]> RuntimeReplies { get; } = [];

    /// <summary>Events of every block with an extrinsic: success, unless set.</summary>
    public byte[] Events { get; set; } = [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];

    /// <summary>False keeps every status of a submitted extrinsic to itself, as a node that was stuck does.</summary>
    public bool TellsStatuses { get; set; } = true;

    public uint SpecVersion { get; private set; }

    public RuntimeMetadata Metadata { get; private set; } = null!;

    public BlockHash Genesis => _blocks[0].Hash;

    public ulong Height => (ulong)_blocks.Count - 1;

    byte[] Blob { get; set; } = [];

    byte Format { get; set; }

    public static async Task<ScriptedChain> StartAsync(RuntimeAge age, byte format = 15)
    {
        var chain = new ScriptedChain(age, format);
        chain.Node = await ScriptedNode.StartAsync(chain.AnswerAsync);
        return chain;
    }

    public void SetRuntime(RuntimeAge age, byte format, string? without = null)
    {
        (Blob, Format, SpecVersion) = (TestRuntime.Blob(age, format, without), format, TestRuntime.SpecVersionOf(age));
        Metadata = RuntimeMetadata.Parse(Blob);
    }

    /// <summary>Tells the followers of the runtime's version.</summary>
    public async Task AnnounceRuntimeAsync()
    {
        foreach (var (peer, id) in Copy(_versionFollowers))
            await peer.NotifyAsync("state_runtimeVersion", id, Version());
    }

    /// <summary>Makes a block of what the pool holds and tells followers and watchers.</summary>
    public async Task ProduceAsync()
    {
        List<(ScriptedPeer Peer, string Id, string Extrinsic)> watches;
        JsonObject header;
        BlockHash hash;
        lock (_lock)
        {
            (header, hash) = AddBlock([.. _pool]);
            watches = [.. _watches.Where(watch => _pool.Contains(watch.Extrinsic))];
            _pool.Clear();
        }
        foreach (var (peer, id) in Copy(_headFollowers))
            await TryAsync(() => peer.NotifyAsync("chain_newHead", id, header));
        foreach (var (peer, id, _) in watches)
            await TryAsync(() => peer.NotifyAsync("author_extrinsicUpdate", id, new JsonObject { ["inBlock"] = hash.ToString() }));
    }

    /// <summary>Sends a status to everybody who watches an extrinsic.</summary>
    public async Task NotifyWatchersAsync(JsonNode status)
    {
        foreach (var (peer, id, _) in Copy(_watches))
            await TryAsync(() => peer.NotifyAsync("author_extrinsicUpdate", id, status));
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    async Task AnswerAsync(ScriptedPeer peer, JsonElement request)
    {
        if (Before is { } before && await before(peer, request))
            return;
        var method = request.GetProperty("method").GetString();
        var parameters = request.GetProperty("params");
        switch (method)
        {
            case "chain_subscribeNewHeads":
                await SubscribeAsync(peer, request, _headFollowers, "chain_newHead", _blocks[^1].Header);
                break;
            case "state_subscribeRuntimeVersion":
                await SubscribeAsync(peer, request, _versionFollowers, "state_runtimeVersion", Version());
                break;
            case "author_submitAndWatchExtrinsic":
                await SubmitAsync(peer, request, parameters[0].GetString()!);
                break;
            case "system_health":
                await peer.ErrorAsync(request, -32601, "Method not found");
                break;
            default:
                if (Answer(method, parameters) is (true, var result))
                    await peer.ReplyAsync(request, result);
                else
                    await peer.ErrorAsync(request, -32601, $"Method {method} not found");
                break;
        }
    }

    (bool Known, JsonNode? Result) Answer(string? method, JsonElement parameters)
    {
        lock (_lock)
        {
            return method switch
            {
                "chain_getBlockHash" => (true, parameters.GetArrayLength() == 0 ? _blocks[^1].Hash.ToString() : HashAt(parameters[0].GetUInt64())),
                "chain_getFinalizedHead" => (true, _blocks[^1].Hash.ToString()),
                "chain_getHeader" => (true, Find(parameters).Header.DeepClone()),
                "chain_getBlock" => (true, Block(parameters)),
                "state_getRuntimeVersion" => (true, Version()),
                "state_getMetadata" => (true, Hex.Encode(Blob)),
                "state_call" => StateCall(parameters),
                "state_getStorage" => (true, Value(parameters[0].GetString()!)),
                "state_queryStorageAt" => (true, new JsonArray(new JsonObject
                {
                    ["block"] = _blocks[^1].Hash.ToString(),
                    ["changes"] = new JsonArray([.. parameters[0].EnumerateArray().Select(key => new JsonArray(key.GetString(), Value(key.GetString()!)))]),
                })),
                "system_accountNextIndex" => (true, 5),
                _ => (method!.Contains("unsub", StringComparison.Ordinal) || method.Contains("unwatch", StringComparison.Ordinal), true),
            };
        }
    }

    (bool Known, JsonNode? Result) StateCall(JsonElement parameters) => parameters[0].GetString() switch
    {
        "Metadata_metadata_versions" when Format > 14 => (true, Hex.Encode(new ScaleWriter().WriteCompact(2).WriteUInt32(14).WriteUInt32(Format).ToArray())),
        "Metadata_metadata_at_version" when Format > 14 => (true, Hex.Encode([1, .. new ScaleWriter().WriteByteVector(Blob).ToArray()])),
        var name when RuntimeReplies.TryGetValue(name!, out var reply) => (true, Hex.Encode(reply)),
        _ => (false, null),
    };

    async Task SubmitAsync(ScriptedPeer peer, JsonElement request, string extrinsic)
    {
        var id = NextId();
        lock (_lock)
        {
            _pool.Add(extrinsic);
            if (TellsStatuses)
                _watches.Add((peer, id, extrinsic));
        }
        await peer.ReplyAsync(request, id);
        if (TellsStatuses)
            await peer.NotifyAsync("author_extrinsicUpdate", id, "ready");
    }

    async Task SubscribeAsync(ScriptedPeer peer, JsonElement request, List<(ScriptedPeer, string)> followers, string method, JsonObject first)
    {
        var id = NextId();
        lock (_lock)
            followers.Add((peer, id));
        // As a real node may do: the first notification before the id.
        await peer.NotifyAsync(method, id, first);
        await peer.ReplyAsync(request, id);
    }

    string NextId() => $"s{Interlocked.Increment(ref _lastSubscription)}";

    JsonNode? Value(string key)
    {
        if (key == Hex.Encode(StorageKey.Of(Metadata, "System", "Events")))
            return Hex.Encode(Events);
        return Storage.TryGetValue(key, out var value) ? Hex.Encode(value) : null;
    }

    JsonNode? HashAt(ulong number) => number < (ulong)_blocks.Count ? _blocks[(int)number].Hash.ToString() : null;

    (JsonObject Header, BlockHash Hash, string[] Extrinsics) Find(JsonElement parameters) => parameters.GetArrayLength() == 0
        ? _blocks[^1]
        : _blocks.Single(block => block.Hash.ToString() == parameters[0].GetString());

    JsonObject Block(JsonElement parameters)
    {
        var block = Find(parameters);
        return new JsonObject
        {
            ["block"] = new JsonObject { ["header"] = block.Header.DeepClone(), ["extrinsics"] = new JsonArray([.. block.Extrinsics.Select(item => (JsonNode)item)]) },
        };
    }

    (JsonObject Header, BlockHash Hash) AddBlock(string[] extrinsics)
    {
        var zeros = new BlockHash(new byte[32]).ToString();
        var header = new JsonObject
        {
            ["parentHash"] = _blocks.Count == 0 ? zeros : _blocks[^1].Hash.ToString(),
            ["number"] = $"0x{_blocks.Count:x}",
            ["stateRoot"] = zeros,
            ["extrinsicsRoot"] = Hex.Encode(Blake2b.Hash256(System.Text.Encoding.UTF8.GetBytes(string.Concat(extrinsics)))),
            ["digest"] = new JsonObject { ["logs"] = new JsonArray() },
        };
        var hash = HeaderReader.Read(JsonSerializer.SerializeToElement(header)).Hash;
        _blocks.Add((header, hash, extrinsics));
        return (header, hash);
    }

    JsonObject Version() => new() { ["specName"] = "node-subtensor", ["specVersion"] = SpecVersion, ["transactionVersion"] = 1 };

    List<T> Copy<T>(List<T> list)
    {
        lock (_lock)
            return [.. list];
    }

    /// <summary>A peer that is gone hears nothing.</summary>
    static async Task TryAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException or InvalidOperationException or OperationCanceledException)
        {
        }
    }
}
