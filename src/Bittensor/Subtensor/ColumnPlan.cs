using System.Collections.Immutable;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>
/// Reads a struct with one array per property: <c>Metagraph</c>, <c>SelectiveMetagraph</c> (every field optional) and
/// <c>SubnetState</c>. Fields are known by name; the others, appended ones too, are stepped over.
/// </summary>
sealed class ColumnPlan : IMetagraphPlan
{
    readonly TypeRegistry _types;
    readonly ImmutableArray<Step> _steps;

    ColumnPlan(TypeRegistry types, ImmutableArray<Step> steps) => (_types, _steps) = (types, steps);

    enum Action
    {
        Skip,
        Block,
        Keys,
        Axons,
        Booleans,
        Integers,
    }

    /// <exception cref="ScaleException">The type is no struct with hotkeys and total stakes.</exception>
    public static ColumnPlan Compile(TypeRegistry types, uint type)
    {
        if (types[type].Definition is not TypeDefinition.Composite composite)
            throw new ScaleException($"Type {type} ({types[type].Name}) is expected to be a struct.");
        ImmutableArray<Step> steps = [.. composite.Fields.Select(field => StepOf(types, field))];
        // What follows the last field of interest is not even stepped over.
        var used = steps.Length;
        while (used > 0 && steps[used - 1].Action == Action.Skip)
            used--;
        return steps.Any(step => step is { Action: Action.Keys, Column: NeuronColumn.Hotkeys })
            && steps.Any(step => step is { Action: Action.Integers, Column: NeuronColumn.TotalStake })
            ? new ColumnPlan(types, steps[..used])
            : throw new ScaleException($"Type {type} ({types[type].Name}) is expected to have the arrays hotkeys and total_stake.");
    }

    public void Read(ref ScaleReader reader, MetagraphColumns columns)
    {
        foreach (var step in _steps)
        {
            if (step.IsOptional && !reader.ReadBool())
                continue;
            switch (step.Action)
            {
                case Action.Skip:
                    ScaleSkipper.Skip(_types, step.Type, ref reader);
                    break;
                case Action.Block:
                    columns.Block = step.Layout.Read(ref reader);
                    break;
                case Action.Keys when step.Column == NeuronColumn.Hotkeys:
                    columns.Hotkeys = ReadKeys(ref reader);
                    break;
                case Action.Keys:
                    columns.Coldkeys = ReadKeys(ref reader);
                    break;
                case Action.Axons:
                    columns.Axons = ReadAxons(step.Axon!, ref reader);
                    break;
                case Action.Booleans:
                    columns.Set(step.Column, ReadBooleans(ref reader));
                    break;
                case Action.Integers:
                    columns.Set(step.Column, ReadIntegers(step.Layout, ref reader));
                    break;
            }
        }
    }

    static Step StepOf(TypeRegistry types, TypeField field)
    {
        var isOptional = types.TryGetOption(field.Type, out var content);
        var type = isOptional ? content : field.Type;
        var skip = new Step(Action.Skip, default, isOptional, default, type, null);
        if (field.Name == "block")
            return IntegerLayout.TryFind(types, type, out var block) ? skip with { Action = Action.Block, Layout = block } : skip;
        if (ColumnOf(field.Name) is not { } column || types.Unwrap(type).Definition is not TypeDefinition.Sequence { Element: var element })
            return skip;
        var item = types.Unwrap(element);
        skip = skip with { Column = column };
        return column switch
        {
            NeuronColumn.Hotkeys or NeuronColumn.Coldkeys => IsAccount(types, item) ? skip with { Action = Action.Keys } : skip,
            // Whoever calls or admits a neuron needs no axon of the others: an unknown kind of them is not worth the whole metagraph.
            NeuronColumn.Axons => EndpointInfoPlan.TryCompile(types, element) is { } plan ? skip with { Action = Action.Axons, Axon = plan } : skip,
            _ when item.Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.Bool } => skip with { Action = Action.Booleans },
            _ => IntegerLayout.TryFind(types, element, out var layout) ? skip with { Action = Action.Integers, Layout = layout } : skip,
        };
    }

    internal static bool IsAccount(TypeRegistry types, MetadataType type) =>
        type.Definition is TypeDefinition.Array { Length: AccountId.Length, Element: var element }
        && types[element].Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.U8 };

    static NeuronColumn? ColumnOf(string? field) => field switch
    {
        "hotkeys" => NeuronColumn.Hotkeys,
        "coldkeys" => NeuronColumn.Coldkeys,
        "axons" => NeuronColumn.Axons,
        "active" => NeuronColumn.Active,
        "validator_permit" => NeuronColumn.ValidatorPermit,
        "last_update" => NeuronColumn.LastUpdate,
        "emission" => NeuronColumn.Emission,
        "dividends" => NeuronColumn.Dividends,
        "incentives" => NeuronColumn.Incentives,
        "consensus" => NeuronColumn.Consensus,
        "trust" => NeuronColumn.Trust,
        "alpha_stake" => NeuronColumn.AlphaStake,
        "tao_stake" => NeuronColumn.TaoStake,
        "total_stake" => NeuronColumn.TotalStake,
        _ => null,
    };

    static AccountId[] ReadKeys(ref ScaleReader reader)
    {
        var keys = new AccountId[reader.ReadLength(AccountId.Length)];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = new AccountId(reader.ReadBytes(AccountId.Length));
        return keys;
    }

    static AxonInfo[] ReadAxons(EndpointInfoPlan plan, ref ScaleReader reader)
    {
        var axons = new AxonInfo[reader.ReadLength(1)];
        for (var i = 0; i < axons.Length; i++)
            axons[i] = plan.Read(ref reader);
        return axons;
    }

    static ulong[] ReadBooleans(ref ScaleReader reader)
    {
        var values = new ulong[reader.ReadLength(1)];
        for (var i = 0; i < values.Length; i++)
            values[i] = reader.ReadBool() ? 1UL : 0;
        return values;
    }

    static ulong[] ReadIntegers(IntegerLayout layout, ref ScaleReader reader)
    {
        var values = new ulong[reader.ReadLength(1)];
        for (var i = 0; i < values.Length; i++)
            values[i] = layout.Read(ref reader);
        return values;
    }

    readonly record struct Step(Action Action, NeuronColumn Column, bool IsOptional, IntegerLayout Layout, uint Type, EndpointInfoPlan? Axon);
}
