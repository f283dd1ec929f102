using System.Collections.Immutable;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>
/// Reads metagraphs from one runtime in the cheapest way it offers: the selective call, the whole metagraph, or on old runtimes the
/// subnet's state and, for axons, its neurons. Compiled once per runtime.
/// </summary>
sealed class MetagraphQuery
{
    const string SubnetApi = "SubnetInfoRuntimeApi";
    const string NeuronApi = "NeuronInfoRuntimeApi";

    readonly bool _namesBlock;
    MetagraphQuery? _otherwise;

    MetagraphQuery(bool namesBlock, params ImmutableArray<MetagraphCall> calls) => (_namesBlock, Calls) = (namesBlock, calls);

    /// <summary>The runtime calls whose replies make up the metagraph.</summary>
    public ImmutableArray<MetagraphCall> Calls { get; }

    /// <summary>The cheapest way whose types are the expected ones; the dearer ones stand behind it, for when its reply is not.</summary>
    /// <exception cref="ScaleException">The runtime offers none.</exception>
    public static MetagraphQuery Compile(RuntimeMetadata metadata, MetagraphParts parts)
    {
        MetagraphQuery? first = null, last = null;
        ScaleException? fault = null;
        foreach (var way in (ReadOnlySpan<Func<RuntimeMetadata, MetagraphParts, MetagraphQuery?>>)[Selective, Whole, State])
        {
            try
            {
                if (way(metadata, parts) is not { } query)
                    continue;
                first ??= query;
                last?._otherwise = query;
                last = query;
            }
            catch (ScaleException unexpected)
            {
                fault ??= unexpected;
            }
        }
        return first ?? throw fault ?? new ScaleException("The runtime has no function that returns a metagraph.");
    }

    /// <summary>Reads one subnet's metagraph; all calls see the state of the same block.</summary>
    /// <exception cref="SubstrateException">The node failed, or there is no such subnet.</exception>
    /// <exception cref="ScaleException">The replies are not the expected ones, or of another runtime than <paramref name="specVersion"/>.</exception>
    public async Task<Metagraph> RunAsync(ChainSession session, uint specVersion, Netuid netuid, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(session, specVersion, netuid, time, cancellation);
        }
        catch (Exception reason) when (_otherwise is not null && IsOfTheCall(reason))
        {
            try
            {
                return await _otherwise.RunAsync(session, specVersion, netuid, time, cancellation);
            }
            catch (Exception fault) when (IsOfTheCall(fault))
            {
                // The first fault says what the runtime changed.
            }
            throw;
        }
    }

    /// <summary>The answer or the refusal of a node that is neither lost nor busy: another call may have better luck.</summary>
    static bool IsOfTheCall(Exception fault) => fault is ScaleException or SubstrateException { Code: not null, IsTransient: false };

    static MetagraphQuery? Selective(RuntimeMetadata metadata, MetagraphParts parts) =>
        metadata.FindMethod(SubnetApi, "get_selective_metagraph") is { Inputs.Length: 2 } method
            ? new MetagraphQuery(true, MetagraphCall.OfColumns(
                metadata, SubnetApi, method.Name, ClassicTypes.SubnetState, Indices(metadata.Types, method.Output, parts)))
            : null;

    /// <summary>Null also where it is declared as bytes: its layout from before its types were told is not known here.</summary>
    static MetagraphQuery? Whole(RuntimeMetadata metadata, MetagraphParts parts) =>
        metadata.FindMethod(SubnetApi, "get_metagraph") is { Inputs.Length: 1 } method
        && RuntimeReply.Find(metadata, SubnetApi, method.Name, ClassicTypes.SubnetState).Wrapping == ReplyWrapping.None
            ? new MetagraphQuery(true, MetagraphCall.OfColumns(metadata, SubnetApi, method.Name, ClassicTypes.SubnetState))
            : null;

    static MetagraphQuery? State(RuntimeMetadata metadata, MetagraphParts parts)
    {
        const string Method = "get_subnet_state";
        // V14 lists no functions at all.
        if (!metadata.Apis.IsEmpty && metadata.FindMethod(SubnetApi, Method) is null)
            return null;
        var state = MetagraphCall.OfColumns(metadata, SubnetApi, Method, ClassicTypes.SubnetState);
        return parts.HasFlag(MetagraphParts.Axons)
            ? new MetagraphQuery(false, state, MetagraphCall.OfAxonRows(metadata, NeuronApi, "get_neurons_lite", ClassicTypes.NeuronsLite))
            : new MetagraphQuery(false, state);
    }

    async Task<Metagraph> ReadAsync(ChainSession session, uint specVersion, Netuid netuid, TimeProvider time, CancellationToken cancellation)
    {
        // A single reply that names its block needs no block to be agreed on first.
        var at = _namesBlock ? null : await session.Rpc.HeaderAsync(null, cancellation);
        var columns = new MetagraphColumns();
        foreach (var call in Calls)
        {
            var reply = await session.Rpc.StateCallAsync(call.Name, call.Parameters(netuid), at?.Hash, cancellation);
            if (!call.TryRead(reply, columns))
                throw new SubstrateException($"There is no subnet {netuid} on this chain.", isTransient: false);
        }
        // A block that installs a runtime already answers with it, and its head may be here before the word of it: the old layout might
        // read the new answer without noticing.
        var (spec, _) = await session.Rpc.RuntimeVersionAsync(at?.Hash, cancellation);
        if (spec != specVersion)
            throw new ScaleException($"It was read as of spec version {specVersion}, the chain went to {spec} meanwhile.");
        return new Metagraph(netuid, at?.Number ?? columns.Block ?? session.Head.Number, time.GetUtcNow(), columns.ToNeurons());
    }

    /// <summary>
    /// The wanted fields' positions in <c>SelectiveMetagraph</c>, which are the indices the call takes. The first, netuid, is always
    /// asked for: it is the one field that is not optional.
    /// </summary>
    static ScaleValue.Sequence Indices(TypeRegistry types, uint output, MetagraphParts parts)
    {
        if (!types.TryGetOption(output, out var content) || types[content].Definition is not TypeDefinition.Composite metagraph)
            throw new ScaleException("get_selective_metagraph is expected to return an optional struct.");
        var wanted = WantedFields(parts);
        var indices = ImmutableArray.CreateBuilder<ScaleValue>();
        for (var i = 0; i < metagraph.Fields.Length; i++)
        {
            if (metagraph.Fields[i].Name is { } name && wanted.Contains(name))
                indices.Add(ScaleValue.Of((uint)i));
        }
        return new ScaleValue.Sequence(indices.DrainToImmutable());
    }

    static HashSet<string> WantedFields(MetagraphParts parts)
    {
        HashSet<string> wanted =
            ["netuid", "block", "hotkeys", "validator_permit", "last_update", "emission", "incentives", "consensus", "total_stake"];
        if (parts.HasFlag(MetagraphParts.Coldkeys))
            wanted.Add("coldkeys");
        if (parts.HasFlag(MetagraphParts.Axons))
            wanted.Add("axons");
        if (parts.HasFlag(MetagraphParts.Scores))
            wanted.UnionWith(["active", "dividends", "trust"]);
        if (parts.HasFlag(MetagraphParts.StakeParts))
            wanted.UnionWith(["alpha_stake", "tao_stake"]);
        return wanted;
    }
}
