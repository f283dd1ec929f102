namespace Bittensor.Substrate;

/// <summary>The primitives of metadata, in their wire order.</summary>
public enum PrimitiveKind : byte
{
    Bool,
    Char,
    String,
    U8,
    U16,
    U32,
    U64,
    U128,
    U256,
    I8,
    I16,
    I32,
    I64,
    I128,
    I256,
}
