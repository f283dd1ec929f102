using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>The runtime's types by id. Every reference between them is known to resolve.</summary>
public sealed class TypeRegistry
{
    readonly Dictionary<uint, MetadataType> _types;
    readonly Dictionary<uint, TypeSize> _sizes;

    /// <exception cref="ScaleException">An id appears twice, or a type refers to one that is missing.</exception>
    internal TypeRegistry(IReadOnlyCollection<MetadataType> types)
    {
        _types = new Dictionary<uint, MetadataType>(types.Count);
        foreach (var type in types)
        {
            if (!_types.TryAdd(type.Id, type))
                throw new ScaleException($"Type {type.Id} is defined twice.");
        }
        foreach (var type in types)
            CheckReferences(type);
        _sizes = TypeSize.Compute(types);
    }

    /// <summary>Number of types.</summary>
    public int Count => _types.Count;

    /// <summary>The type with that id.</summary>
    /// <exception cref="ScaleException">There is none.</exception>
    public MetadataType this[uint id] => _types.TryGetValue(id, out var type) ? type : throw new ScaleException($"Type {id} is not in the metadata.");

    /// <summary>True when every value of the type takes no bytes at all.</summary>
    public bool IsZeroSized(uint id) => _sizes[this[id].Id].IsZero;

    /// <summary>A number of bytes that no value of the type falls below.</summary>
    internal int MinimumSize(uint id) => _sizes[this[id].Id].Minimum;

    /// <summary>Follows wrappers (a struct or tuple of a single field) to the type that has the layout.</summary>
    internal MetadataType Unwrap(uint id)
    {
        var type = this[id];
        // A cycle of wrappers cannot hold a value; it ends at any of them.
        for (var steps = 0; steps < MaximumWrappers; steps++)
        {
            switch (type.Definition)
            {
                case TypeDefinition.Composite { Fields.Length: 1 } composite:
                    type = this[composite.Fields[0].Type];
                    break;
                case TypeDefinition.Tuple { Elements.Length: 1 } tuple:
                    type = this[tuple.Elements[0]];
                    break;
                default:
                    return type;
            }
        }
        return type;
    }

    /// <summary>The content type of an <c>Option</c>; false for any other type.</summary>
    internal bool TryGetOption(uint id, out uint content)
    {
        content = 0;
        if (this[id] is not { Path: ["Option"], Definition: TypeDefinition.Variant variant } || variant.Find(1) is not { Fields.Length: 1 } some)
            return false;
        content = some.Fields[0].Type;
        return true;
    }

    const int MaximumWrappers = 32;

    void CheckReferences(MetadataType type)
    {
        foreach (var parameter in type.Parameters)
            Check(parameter.Type);
        switch (type.Definition)
        {
            case TypeDefinition.Composite composite:
                CheckFields(composite.Fields);
                break;
            case TypeDefinition.Variant variant:
                foreach (var item in variant.Variants)
                    CheckFields(item.Fields);
                break;
            case TypeDefinition.Sequence sequence:
                Check(sequence.Element);
                break;
            case TypeDefinition.Array array:
                Check(array.Element);
                break;
            case TypeDefinition.Tuple tuple:
                foreach (var element in tuple.Elements)
                    Check(element);
                break;
            case TypeDefinition.Compact compact:
                Check(compact.Inner);
                break;
            case TypeDefinition.BitSequence bits:
                Check(bits.Store);
                Check(bits.Order);
                break;
        }

        void CheckFields(ImmutableArray<TypeField> fields)
        {
            foreach (var field in fields)
                Check(field.Type);
        }

        void Check(uint id)
        {
            if (!_types.ContainsKey(id))
                throw new ScaleException($"Type {type.Id} ({string.Join("::", type.Path)}) refers to type {id}, which is not in the metadata.");
        }
    }
}
