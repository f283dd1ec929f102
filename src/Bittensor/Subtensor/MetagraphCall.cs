using System.Collections.Immutable;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>One runtime call that brings a metagraph or a part of it: its parameters, and how its reply is read.</summary>
sealed class MetagraphCall
{
    readonly RuntimeMetadata _metadata;
    readonly RuntimeApiMethod? _method;
    readonly ScaleValue? _indices;
    readonly RuntimeReply _reply;
    readonly IMetagraphPlan _plan;

    MetagraphCall(RuntimeMetadata metadata, string name, RuntimeApiMethod? method, ScaleValue? indices, RuntimeReply reply, IMetagraphPlan plan) =>
        (_metadata, Name, _method, _indices, _reply, _plan) = (metadata, name, method, indices, reply, plan);

    /// <summary>The function's full name.</summary>
    public string Name { get; }

    /// <summary>A function whose result is a struct of arrays.</summary>
    public static MetagraphCall OfColumns(RuntimeMetadata metadata, string api, string method, uint classicType, ScaleValue? indices = null)
    {
        var reply = RuntimeReply.Find(metadata, api, method, classicType);
        return new MetagraphCall(
            metadata, $"{api}_{method}", metadata.FindMethod(api, method), indices, reply, ColumnPlan.Compile(reply.Types, reply.ValueType));
    }

    /// <summary>A function whose result is a list of neurons, of which the axons are read.</summary>
    public static MetagraphCall OfAxonRows(RuntimeMetadata metadata, string api, string method, uint classicType)
    {
        var reply = RuntimeReply.Find(metadata, api, method, classicType);
        return new MetagraphCall(
            metadata, $"{api}_{method}", metadata.FindMethod(api, method), null, reply, AxonRowPlan.Compile(reply.Types, reply.ValueType));
    }

    /// <summary>The encoded parameters: the subnet, then the wanted indices if there are any.</summary>
    public byte[] Parameters(Netuid netuid)
    {
        ImmutableArray<ScaleValue> values = _indices is null ? [ScaleValue.Of(netuid.Value)] : [ScaleValue.Of(netuid.Value), _indices];
        var writer = new ScaleWriter();
        if (_method is null)
            return writer.WriteUInt16(netuid.Value).ToArray();
        if (_method.Inputs.Length != values.Length)
            throw new ScaleException($"{Name} takes {_method.Inputs.Length} parameters, {values.Length} are known.");
        for (var i = 0; i < values.Length; i++)
            ScaleEncoder.Write(_metadata.Types, _method.Inputs[i].Type, values[i], writer);
        return writer.ToArray();
    }

    /// <summary>Reads a reply into columns; false when the subnet does not exist.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, MetagraphColumns columns)
    {
        if (!_reply.TryUnwrap(bytes, out var value))
            return false;
        var reader = new ScaleReader(value);
        _plan.Read(ref reader, columns);
        return true;
    }
}
