namespace Bittensor.Substrate;

/// <summary>The primitives of metadata, in their wire order.</summary>
public enum PrimitiveKind : byte
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,
    /// <summary>A Unicode code point in four bytes.</summary>
    Char,
    /// <summary>Length and UTF-8.</summary>
    String,
    /// <summary>Unsigned, 8 bits, little-endian.</summary>
    U8,
    /// <summary>Unsigned, 16 bits, little-endian.</summary>
    U16,
    /// <summary>Unsigned, 32 bits, little-endian.</summary>
    U32,
    /// <summary>Unsigned, 64 bits, little-endian.</summary>
    U64,
    /// <summary>Unsigned, 128 bits, little-endian.</summary>
    U128,
    /// <summary>Unsigned, 256 bits, little-endian.</summary>
    U256,
    /// <summary>Signed, 8 bits, little-endian.</summary>
    I8,
    /// <summary>Signed, 16 bits, little-endian.</summary>
    I16,
    /// <summary>Signed, 32 bits, little-endian.</summary>
    I32,
    /// <summary>Signed, 64 bits, little-endian.</summary>
    I64,
    /// <summary>Signed, 128 bits, little-endian.</summary>
    I128,
    /// <summary>Signed, 256 bits, little-endian.</summary>
    I256,
}
