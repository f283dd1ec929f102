using System.Collections.Immutable;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>
/// Layouts of runtime API results that the metadata does not tell: spec versions before about 233 declare them as plain bytes, and
/// V14 metadata lists no runtime APIs at all.
/// </summary>
/// <remarks>Source: opentensor/subtensor at spec version 204, pallets/subtensor/src/rpc_info/{neuron_info,show_subnet}.rs.</remarks>
static class ClassicTypes
{
    static readonly ImmutableArray<MetadataType>.Builder Types = ImmutableArray.CreateBuilder<MetadataType>();

    static readonly uint U8 = Add(new TypeDefinition.Primitive(PrimitiveKind.U8));
    static readonly uint U16 = Add(new TypeDefinition.Primitive(PrimitiveKind.U16));
    static readonly uint U32 = Add(new TypeDefinition.Primitive(PrimitiveKind.U32));
    static readonly uint U64 = Add(new TypeDefinition.Primitive(PrimitiveKind.U64));
    static readonly uint U128 = Add(new TypeDefinition.Primitive(PrimitiveKind.U128));
    static readonly uint Boolean = Add(new TypeDefinition.Primitive(PrimitiveKind.Bool));
    static readonly uint Account = Add(new TypeDefinition.Array(32, U8));
    static readonly uint Compact16 = Add(new TypeDefinition.Compact(U16));
    static readonly uint Compact64 = Add(new TypeDefinition.Compact(U64));
    static readonly uint Accounts = Add(new TypeDefinition.Sequence(Account));
    static readonly uint Booleans = Add(new TypeDefinition.Sequence(Boolean));
    static readonly uint Scores = Add(new TypeDefinition.Sequence(Compact16));
    static readonly uint Amounts = Add(new TypeDefinition.Sequence(Compact64));

    static readonly uint AxonInfo = AddStruct(
        ("block", U64), ("version", U32), ("ip", U128), ("port", U16), ("ip_type", U8), ("protocol", U8), ("placeholder1", U8), ("placeholder2", U8));

    static readonly uint PrometheusInfo = AddStruct(("block", U64), ("version", U32), ("ip", U128), ("port", U16), ("ip_type", U8));

    static readonly uint Stakes = Add(new TypeDefinition.Sequence(Add(new TypeDefinition.Tuple([Account, Compact64]))));

    static readonly uint NeuronInfoLite = AddStruct(
        ("hotkey", Account), ("coldkey", Account), ("uid", Compact16), ("netuid", Compact16), ("active", Boolean), ("axon_info", AxonInfo),
        ("prometheus_info", PrometheusInfo), ("stake", Stakes), ("rank", Compact16), ("emission", Compact64), ("incentive", Compact16),
        ("consensus", Compact16), ("trust", Compact16), ("validator_trust", Compact16), ("dividends", Compact16), ("last_update", Compact64),
        ("validator_permit", Boolean), ("pruning_score", Compact16));

    /// <summary>Result of <c>get_neurons_lite</c>.</summary>
    public static readonly uint NeuronsLite = Add(new TypeDefinition.Sequence(NeuronInfoLite));

    static readonly uint SubnetStateContent = AddStruct(
        ("netuid", Compact16), ("hotkeys", Accounts), ("coldkeys", Accounts), ("active", Booleans), ("validator_permit", Booleans),
        ("pruning_score", Scores), ("last_update", Amounts), ("emission", Amounts), ("dividends", Scores), ("incentives", Scores),
        ("consensus", Scores), ("trust", Scores), ("rank", Scores), ("block_at_registration", Amounts), ("alpha_stake", Amounts),
        ("tao_stake", Amounts), ("total_stake", Amounts));

    /// <summary>Result of <c>get_subnet_state</c>. The emission history behind the stakes is not described, nobody reads it.</summary>
    public static readonly uint SubnetState = Add(
        new TypeDefinition.Variant([new TypeVariant("None", 0, [], ""), new TypeVariant("Some", 1, [new TypeField(null, SubnetStateContent)], "")]), "Option");

    /// <summary>The types above.</summary>
    public static readonly TypeRegistry Registry = new(Types.ToArray());

    static uint AddStruct(params ReadOnlySpan<(string Name, uint Type)> fields)
    {
        var list = ImmutableArray.CreateBuilder<TypeField>(fields.Length);
        foreach (var (name, type) in fields)
            list.Add(new TypeField(name, type));
        return Add(new TypeDefinition.Composite(list.MoveToImmutable()));
    }

    static uint Add(TypeDefinition definition, params ImmutableArray<string> path)
    {
        var id = (uint)Types.Count;
        Types.Add(new MetadataType(id, path, [], definition));
        return id;
    }
}
