using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>How an unsigned integer stands on the wire: compact, or of a fixed width. Compacts are read wide, whatever type they hold.</summary>
readonly record struct IntegerLayout
{
    const int Compact = 0;

    readonly int _width;

    IntegerLayout(int width) => _width = width;

    /// <summary>
    /// Finds the layout of a type, through wrappers; false when it is no unsigned integer of up to 128 bits. A number in fixed point
    /// (<c>FixedU128</c>) has the bits of an integer and means another.
    /// </summary>
    public static bool TryFind(TypeRegistry types, uint type, out IntegerLayout layout)
    {
        layout = default;
        if (types[type].Name.StartsWith("Fixed", StringComparison.Ordinal))
            return false;
        int? width = types.Unwrap(type).Definition switch
        {
            TypeDefinition.Compact => Compact,
            TypeDefinition.Primitive { Kind: PrimitiveKind.U8 } => 1,
            TypeDefinition.Primitive { Kind: PrimitiveKind.U16 } => 2,
            TypeDefinition.Primitive { Kind: PrimitiveKind.U32 } => 4,
            TypeDefinition.Primitive { Kind: PrimitiveKind.U64 } => 8,
            TypeDefinition.Primitive { Kind: PrimitiveKind.U128 } => 16,
            _ => null,
        };
        layout = new IntegerLayout(width ?? Compact);
        return width is not null;
    }

    public ulong Read(ref ScaleReader reader) => _width switch
    {
        Compact => reader.ReadCompactUInt64(),
        1 => reader.ReadByte(),
        2 => reader.ReadUInt16(),
        4 => reader.ReadUInt32(),
        8 => reader.ReadUInt64(),
        _ => Narrow(reader.ReadUInt128()),
    };

    public UInt128 ReadWide(ref ScaleReader reader) => _width switch
    {
        Compact => reader.ReadCompact(),
        16 => reader.ReadUInt128(),
        _ => Read(ref reader),
    };

    static ulong Narrow(UInt128 value) => value <= ulong.MaxValue ? (ulong)value : throw new ScaleException($"The number {value} does not fit 64 bits.");
}
