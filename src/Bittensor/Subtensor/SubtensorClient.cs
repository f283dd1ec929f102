using System.Collections.Immutable;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Microsoft.Extensions.Logging;

namespace Bittensor.Subtensor;

/// <summary>
/// The Bittensor chain in Bittensor words. Everything is found by name in the runtime's own metadata, so that upgrades of the chain
/// need no new version of this program. Connects on first use and reconnects by itself; safe for use from many threads.
/// </summary>
public sealed class SubtensorClient : IAsyncDisposable
{
    const string Pallet = "SubtensorModule";

    readonly SubtensorOptions _options;
    readonly TimeProvider _time;
    CompiledQuery? _query;

    /// <param name="options">Endpoints and limits.</param>
    /// <param name="time">The clock for timeouts, pauses and <see cref="Metagraph.FetchedAt"/>.</param>
    /// <param name="logger">Connections gained and lost, runtime upgrades.</param>
    /// <exception cref="ArgumentException">No endpoint, or one that is no ws or wss address.</exception>
    public SubtensorClient(SubtensorOptions options, TimeProvider time, ILogger<SubtensorClient> logger)
    {
        Substrate = new SubstrateClient(options, time, logger);
        (_options, _time) = (options, time);
    }

    /// <summary>The connection underneath, for what is not Bittensor's own: any storage item, runtime API or call by name.</summary>
    public SubstrateClient Substrate { get; }

    /// <inheritdoc cref="SubstrateClient.GetHeadAsync"/>
    public Task<BlockHeader> GetHeadAsync(CancellationToken cancellation) => Substrate.GetHeadAsync(cancellation);

    /// <inheritdoc cref="SubstrateClient.HeadsAsync"/>
    public IAsyncEnumerable<BlockHeader> HeadsAsync(CancellationToken cancellation) => Substrate.HeadsAsync(cancellation);

    /// <summary>The subnet's metagraph at the newest block, with the parts that <see cref="SubtensorOptions.MetagraphParts"/> names.</summary>
    /// <exception cref="SubstrateException">The node failed, or there is no such subnet.</exception>
    public Task<Metagraph> GetMetagraphAsync(Netuid netuid, CancellationToken cancellation) =>
        GetMetagraphAsync(netuid, _options.MetagraphParts, cancellation);

    /// <summary>The subnet's metagraph at the newest block, with the named parts.</summary>
    /// <exception cref="SubstrateException">The node failed, or there is no such subnet.</exception>
    public Task<Metagraph> GetMetagraphAsync(Netuid netuid, MetagraphParts parts, CancellationToken cancellation) =>
        Substrate.ReadAsync(
            session =>
            {
                var runtime = session.Runtime;
                return QueryFor(runtime, parts).RunAsync(session, runtime.SpecVersion, netuid, _time, cancellation);
            },
            "metagraph", cancellation);

    /// <summary>What the chain knows of the hotkey's axon; null when it never served one there.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public async Task<AxonInfo?> GetAxonAsync(Netuid netuid, Hotkey hotkey, CancellationToken cancellation) =>
        (await ReadEndpointsAsync("Axons", netuid, [hotkey], cancellation)).GetValueOrDefault(hotkey);

    /// <summary>What the chain knows of the hotkeys' metrics endpoints, in one request; those that never served one are left out.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public async Task<ImmutableDictionary<Hotkey, PrometheusInfo>> GetPrometheusAsync(
        Netuid netuid, IReadOnlyCollection<Hotkey> hotkeys, CancellationToken cancellation)
    {
        var found = await ReadEndpointsAsync("Prometheus", netuid, hotkeys, cancellation);
        return found.ToImmutableDictionary(
            pair => pair.Key, pair => new PrometheusInfo(pair.Value.Block, pair.Value.Version, pair.Value.Ip, pair.Value.Port, pair.Value.IpType));
    }

    /// <summary>The hotkey's uid on the subnet; null when it is not registered there.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public Task<Uid?> GetUidAsync(Netuid netuid, Hotkey hotkey, CancellationToken cancellation) => Substrate.ReadValueAsync(
        Pallet, "Uids", [Key(netuid), Key(hotkey)], null, value => value is null ? (Uid?)null : ReadUid(value), cancellation);

    /// <summary>What a burned registration on the subnet costs now, in RAO.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public Task<ulong> GetBurnAsync(Netuid netuid, CancellationToken cancellation) => ReadNumberAsync("Burn", netuid, cancellation);

    /// <summary>Blocks that must lie between two servings of an axon; 0 for no limit, and where the runtime does not tell it.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public async Task<ulong> GetServingRateLimitAsync(Netuid netuid, CancellationToken cancellation)
    {
        const string Item = "ServingRateLimit";
        // The chain refuses what comes too early in any case; an item that moved must not keep an axon from being served.
        return await Substrate.ReadAsync(session => Task.FromResult(session.Runtime.Metadata.Pallet(Pallet).Storage.ContainsKey(Item)), Item, cancellation)
            ? await ReadNumberAsync(Item, netuid, cancellation)
            : 0;
    }

    /// <summary>The account's free balance in RAO; 0 for an account the chain does not know.</summary>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public Task<ulong> GetBalanceAsync(AccountId account, CancellationToken cancellation) => Substrate.ReadValueAsync(
        "System", "Account", [ScaleValue.Of(account.Bytes)], null, value => value?["data"]["free"].AsUInt64() ?? 0, cancellation);

    /// <summary>Publishes where the hotkey's axon is reached. Free; limited in rate by <see cref="GetServingRateLimitAsync"/>.</summary>
    /// <exception cref="ExtrinsicFailedException">The chain refused it, for example <c>ServingRateLimitExceeded</c>.</exception>
    /// <exception cref="SubstrateException">The node failed; read the axon to see whether it took effect.</exception>
    public Task<ExtrinsicReceipt> ServeAxonAsync(Netuid netuid, ServeAxonCall axon, Keypair hotkey, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(axon);
        return SubmitAsync("serve_axon", hotkey, cancellation,
            ("netuid", Key(netuid)), ("version", ScaleValue.Of(axon.Version)), ("ip", ScaleValue.Of(ChainIpAddress.ToNumber(axon.Ip))),
            ("port", ScaleValue.Of(axon.Port)), ("ip_type", ScaleValue.Of(axon.IpType)), ("protocol", ScaleValue.Of(axon.Protocol)),
            ("placeholder1", ScaleValue.Of(axon.Placeholder1)), ("placeholder2", ScaleValue.Of(axon.Placeholder2)));
    }

    /// <summary>Publishes the hotkey's metrics endpoint, where subnet 27's validators state their version.</summary>
    /// <exception cref="ExtrinsicFailedException">The chain refused it.</exception>
    /// <exception cref="SubstrateException">The node failed; read it back to see whether it took effect.</exception>
    public Task<ExtrinsicReceipt> ServePrometheusAsync(Netuid netuid, ServePrometheusCall endpoint, Keypair hotkey, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return SubmitAsync("serve_prometheus", hotkey, cancellation,
            ("netuid", Key(netuid)), ("version", ScaleValue.Of(endpoint.Version)), ("ip", ScaleValue.Of(ChainIpAddress.ToNumber(endpoint.Ip))),
            ("port", ScaleValue.Of(endpoint.Port)), ("ip_type", ScaleValue.Of(endpoint.IpType)));
    }

    /// <summary>Registers a hotkey on the subnet; the coldkey pays <see cref="GetBurnAsync"/> and the fee.</summary>
    /// <exception cref="ExtrinsicFailedException">The chain refused it, for example <c>NotEnoughBalanceToStake</c>.</exception>
    /// <exception cref="SubstrateException">The node failed; read the uid to see whether it took effect.</exception>
    public Task<ExtrinsicReceipt> BurnedRegisterAsync(Netuid netuid, Hotkey hotkey, Keypair coldkey, CancellationToken cancellation) =>
        SubmitAsync("burned_register", coldkey, cancellation, ("netuid", Key(netuid)), ("hotkey", Key(hotkey)));

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Substrate.DisposeAsync();

    static ScaleValue Key(Netuid netuid) => ScaleValue.Of(netuid.Value);

    static ScaleValue Key(Hotkey hotkey) => ScaleValue.Of(hotkey.Account.Bytes);

    Task<ExtrinsicReceipt> SubmitAsync(string call, Keypair signer, CancellationToken cancellation, params (string Name, ScaleValue Value)[] arguments) =>
        Substrate.SubmitAsync(metadata => RuntimeCall.Encode(metadata, Pallet, call, arguments), signer, cancellation);

    static Uid ReadUid(ScaleValue value) => value.AsUInt64() is <= ushort.MaxValue and var uid
        ? new Uid((ushort)uid)
        : throw new ScaleException("A uid is expected to fit 16 bits.");

    Task<ulong> ReadNumberAsync(string item, Netuid netuid, CancellationToken cancellation) =>
        Substrate.ReadValueAsync(Pallet, item, [Key(netuid)], null, value => value?.AsUInt64() ?? 0, cancellation);

    Task<ImmutableDictionary<Hotkey, AxonInfo>> ReadEndpointsAsync(
        string item, Netuid netuid, IReadOnlyCollection<Hotkey> hotkeys, CancellationToken cancellation) => Substrate.ReadAsync(async session =>
        {
            var metadata = session.Runtime.Metadata;
            var keys = hotkeys.Select(hotkey => StorageKey.Of(metadata, Pallet, item, Key(netuid), Key(hotkey))).ToList();
            var values = await session.Rpc.StorageAsync(keys, null, cancellation);
            var plan = EndpointInfoPlan.Compile(metadata.Types, metadata.StorageEntry(Pallet, item).Value);
            var found = ImmutableDictionary.CreateBuilder<Hotkey, AxonInfo>();
            foreach (var (hotkey, value) in hotkeys.Zip(values))
            {
                if (value is not null)
                    found[hotkey] = ReadEndpoint(plan, value);
            }
            return found.ToImmutable();
        }, $"{Pallet}.{item}", cancellation);

    static AxonInfo ReadEndpoint(EndpointInfoPlan plan, byte[] value)
    {
        var reader = new ScaleReader(value);
        return plan.Read(ref reader);
    }

    MetagraphQuery QueryFor(ChainRuntime runtime, MetagraphParts parts)
    {
        var compiled = Volatile.Read(ref _query);
        if (compiled is null || compiled.Runtime != runtime || compiled.Parts != parts)
        {
            compiled = new CompiledQuery(runtime, parts, MetagraphQuery.Compile(runtime.Metadata, parts));
            Volatile.Write(ref _query, compiled);
        }
        return compiled.Query;
    }

    sealed record CompiledQuery(ChainRuntime Runtime, MetagraphParts Parts, MetagraphQuery Query);
}
