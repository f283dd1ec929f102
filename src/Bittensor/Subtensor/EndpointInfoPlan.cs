using System.Collections.Immutable;
using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>
/// Reads <c>AxonInfo</c> and <c>PrometheusInfo</c>, whose fields have the same names, by the layout in the metadata. Fields not known
/// here are stepped over.
/// </summary>
sealed class EndpointInfoPlan
{
    readonly TypeRegistry _types;
    readonly ImmutableArray<Step> _steps;

    EndpointInfoPlan(TypeRegistry types, ImmutableArray<Step> steps) => (_types, _steps) = (types, steps);

    enum Field
    {
        Unknown,
        Block,
        Version,
        Ip,
        Port,
        IpType,
        Protocol,
        Placeholder1,
        Placeholder2,
    }

    /// <exception cref="ScaleException">The type has no address or port.</exception>
    public static EndpointInfoPlan Compile(TypeRegistry types, uint type) => TryCompile(types, type)
        ?? throw new ScaleException($"Type {type} ({types[type].Name}) is expected to have the fields ip and port.");

    /// <summary>Null for a type without address or port.</summary>
    public static EndpointInfoPlan? TryCompile(TypeRegistry types, uint type)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        if (types.Unwrap(type).Definition is TypeDefinition.Composite composite)
        {
            foreach (var field in composite.Fields)
                steps.Add(StepOf(types, field));
        }
        return steps.Any(step => step.Field == Field.Ip) && steps.Any(step => step.Field == Field.Port)
            ? new EndpointInfoPlan(types, steps.DrainToImmutable())
            : null;
    }

    public AxonInfo Read(ref ScaleReader reader)
    {
        Span<ulong> values = stackalloc ulong[(int)Field.Placeholder2 + 1];
        values.Clear();
        UInt128 ip = 0;
        foreach (var step in _steps)
        {
            if (step.Field == Field.Unknown)
                ScaleSkipper.Skip(_types, step.Type, ref reader);
            else if (step.Field == Field.Ip)
                ip = step.Layout.ReadWide(ref reader);
            else
                values[(int)step.Field] = step.Layout.Read(ref reader);
        }
        if (ip == 0 && !values.ContainsAnyExcept(0UL))
            return AxonInfo.None;
        return new AxonInfo(
            values[(int)Field.Block],
            (uint)Bounded(values, Field.Version, uint.MaxValue),
            ChainIpAddress.FromNumber(ip),
            (ushort)Bounded(values, Field.Port, ushort.MaxValue),
            (byte)Bounded(values, Field.IpType, byte.MaxValue),
            (byte)Bounded(values, Field.Protocol, byte.MaxValue),
            (byte)Bounded(values, Field.Placeholder1, byte.MaxValue),
            (byte)Bounded(values, Field.Placeholder2, byte.MaxValue));
    }

    static ulong Bounded(ReadOnlySpan<ulong> values, Field field, ulong maximum)
    {
        var value = values[(int)field];
        return value <= maximum ? value : throw new ScaleException($"{field} is {value}, at most {maximum} is expected.");
    }

    static Step StepOf(TypeRegistry types, TypeField field)
    {
        var known = field.Name switch
        {
            "block" => Field.Block,
            "version" => Field.Version,
            "ip" => Field.Ip,
            "port" => Field.Port,
            "ip_type" => Field.IpType,
            "protocol" => Field.Protocol,
            "placeholder1" => Field.Placeholder1,
            "placeholder2" => Field.Placeholder2,
            _ => Field.Unknown,
        };
        return IntegerLayout.TryFind(types, field.Type, out var layout) ? new Step(known, layout, field.Type) : new Step(Field.Unknown, default, field.Type);
    }

    readonly record struct Step(Field Field, IntegerLayout Layout, uint Type);
}
