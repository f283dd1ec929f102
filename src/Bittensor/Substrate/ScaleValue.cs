using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>
/// A value whose type is known from metadata only. The readers below look through wrappers: a struct or tuple of a single field
/// (<c>NetUid</c>, <c>BoundedVec</c>) reads as that field.
/// </summary>
public abstract record ScaleValue
{
    /// <summary>true or false.</summary>
    public sealed record Boolean(bool Value) : ScaleValue;

    /// <summary>Any unsigned integer up to 128 bits, fixed or compact, or a character's code point.</summary>
    public sealed record Number(UInt128 Value) : ScaleValue;

    /// <summary>Any signed integer up to 128 bits.</summary>
    public sealed record SignedNumber(Int128 Value) : ScaleValue;

    /// <summary>A string.</summary>
    public sealed record Text(string Value) : ScaleValue;

    /// <summary>A sequence or array of bytes, a bit sequence's storage, or a 256-bit integer in little-endian order.</summary>
    public sealed record Bytes(ImmutableArray<byte> Value) : ScaleValue;

    /// <summary>A sequence or array.</summary>
    public sealed record Sequence(ImmutableArray<ScaleValue> Items) : ScaleValue;

    /// <summary>A struct or tuple. <paramref name="Names"/> has an entry per field, null for a nameless one.</summary>
    public sealed record Composite(ImmutableArray<string?> Names, ImmutableArray<ScaleValue> Values) : ScaleValue
    {
        /// <summary>The field of that name, or null.</summary>
        public ScaleValue? Find(string name)
        {
            var index = Names.IndexOf(name);
            return index < 0 ? null : Values[index];
        }
    }

    /// <summary>One case of an enum; <c>Option</c> and <c>Result</c> are enums too.</summary>
    public sealed record Variant(string Name, byte Index, Composite Fields) : ScaleValue;

    /// <summary>The field of that name of a struct.</summary>
    /// <exception cref="ScaleException">There is none.</exception>
    public ScaleValue this[string field] => (this as Composite)?.Find(field) ?? throw new ScaleException($"The value has no field '{field}'.");

    /// <summary>A number for a call argument.</summary>
    public static ScaleValue Of(UInt128 value) => new Number(value);

    /// <summary>Bytes for a call argument.</summary>
    public static ScaleValue Of(ReadOnlySpan<byte> value) => new Bytes([.. value]);

    /// <summary>The unsigned number, through wrappers.</summary>
    /// <exception cref="ScaleException">Not a number.</exception>
    public UInt128 AsNumber() => Unwrap() is Number number ? number.Value : throw Unexpected("a number");

    /// <summary>The unsigned number as 64 bits, through wrappers.</summary>
    /// <exception cref="ScaleException">Not a number, or too large.</exception>
    public ulong AsUInt64()
    {
        var value = AsNumber();
        return value <= ulong.MaxValue ? (ulong)value : throw new ScaleException($"The number {value} does not fit 64 bits.");
    }

    /// <summary>The bytes, through wrappers.</summary>
    /// <exception cref="ScaleException">Not bytes.</exception>
    public ImmutableArray<byte> AsBytes() => Unwrap() is Bytes bytes ? bytes.Value : throw Unexpected("bytes");

    /// <summary>True or false, through wrappers.</summary>
    /// <exception cref="ScaleException">Not a boolean.</exception>
    public bool AsBoolean() => Unwrap() is Boolean boolean ? boolean.Value : throw Unexpected("a boolean");

    /// <summary>The enum case, through wrappers.</summary>
    /// <exception cref="ScaleException">Not an enum.</exception>
    public Variant AsVariant() => Unwrap() as Variant ?? throw Unexpected("an enum");

    ScaleValue Unwrap()
    {
        var value = this;
        while (value is Composite { Values.Length: 1 } wrapper)
            value = wrapper.Values[0];
        return value;
    }

    ScaleException Unexpected(string expected) => new($"Expected {expected}, found {Unwrap().GetType().Name}.");
}
