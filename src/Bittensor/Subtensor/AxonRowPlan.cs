using System.Collections.Immutable;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>Reads the axons out of a list of <c>NeuronInfoLite</c>, for runtimes whose array structs are not used.</summary>
sealed class AxonRowPlan : IMetagraphPlan
{
    readonly TypeRegistry _types;
    readonly ImmutableArray<TypeField> _fields;
    readonly int _minimumSize;
    readonly EndpointInfoPlan _axon;
    readonly IntegerLayout _uid;

    AxonRowPlan(TypeRegistry types, ImmutableArray<TypeField> fields, int minimumSize, EndpointInfoPlan axon, IntegerLayout uid) =>
        (_types, _fields, _minimumSize, _axon, _uid) = (types, fields, minimumSize, axon, uid);

    /// <exception cref="ScaleException">The type is no list of structs with uid and axon_info.</exception>
    public static AxonRowPlan Compile(TypeRegistry types, uint type)
    {
        if (types[type].Definition is TypeDefinition.Sequence { Element: var element } && types[element].Definition is TypeDefinition.Composite row)
        {
            var axon = row.Fields.FirstOrDefault(field => field.Name == "axon_info");
            var uid = row.Fields.FirstOrDefault(field => field.Name == "uid");
            if (axon.Name is not null && uid.Name is not null && IntegerLayout.TryFind(types, uid.Type, out var layout))
                return new AxonRowPlan(types, row.Fields, Math.Max(1, types.MinimumSize(element)), EndpointInfoPlan.Compile(types, axon.Type), layout);
        }
        throw new ScaleException($"Type {type} is expected to be a list of neurons with the fields uid and axon_info.");
    }

    public void Read(ref ScaleReader reader, MetagraphColumns columns)
    {
        var rows = reader.ReadLength(_minimumSize);
        var axons = new AxonInfo[rows];
        Array.Fill(axons, AxonInfo.None);
        for (var row = 0; row < rows; row++)
        {
            ulong uid = 0;
            var axon = AxonInfo.None;
            foreach (var field in _fields)
            {
                if (field.Name == "uid")
                    uid = _uid.Read(ref reader);
                else if (field.Name == "axon_info")
                    axon = _axon.Read(ref reader);
                else
                    ScaleSkipper.Skip(_types, field.Type, ref reader);
            }
            if (uid < (ulong)rows)
                axons[uid] = axon;
        }
        columns.Axons = axons;
    }
}
