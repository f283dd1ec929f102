using Bittensor.Scale;
using Bittensor.Substrate;

namespace Bittensor.Subtensor;

/// <summary>The layout of a runtime API's result, with whatever stands around the value.</summary>
/// <param name="Types">Where <paramref name="Type"/> is found.</param>
/// <param name="Type">The value's type, inside any wrapping.</param>
/// <param name="Wrapping">Whether the value is wrapped in <c>Vec&lt;u8&gt;</c>.</param>
readonly record struct RuntimeReply(TypeRegistry Types, uint Type, ReplyWrapping Wrapping)
{
    /// <summary>The layout by metadata where it tells, else by <see cref="ClassicTypes"/>.</summary>
    public static RuntimeReply Find(RuntimeMetadata metadata, string api, string method, uint classicType)
    {
        if (metadata.FindMethod(api, method) is not { } known)
            return new RuntimeReply(ClassicTypes.Registry, classicType, ReplyWrapping.Unknown);
        var isBytes = metadata.Types.Unwrap(known.Output).Definition is TypeDefinition.Sequence { Element: var element }
            && metadata.Types[element].Definition is TypeDefinition.Primitive { Kind: PrimitiveKind.U8 };
        return isBytes
            ? new RuntimeReply(ClassicTypes.Registry, classicType, ReplyWrapping.Bytes)
            : new RuntimeReply(metadata.Types, known.Output, ReplyWrapping.None);
    }

    /// <summary>The type of the value proper: an <c>Option</c>'s content.</summary>
    public uint ValueType => Types.TryGetOption(Type, out var content) ? content : Type;

    /// <summary>Takes off wrapping and <c>Option</c>; false when there is no value.</summary>
    public bool TryUnwrap(ReadOnlySpan<byte> reply, out ReadOnlySpan<byte> value)
    {
        value = reply;
        if (Wrapping == ReplyWrapping.Bytes || (Wrapping == ReplyWrapping.Unknown && IsWrapped(reply)))
        {
            var reader = new ScaleReader(reply);
            value = reader.ReadByteVector();
            reader.EnsureEnd();
            // Wrapped, "none" is an empty vector.
            if (value.IsEmpty)
                return false;
        }
        if (!Types.TryGetOption(Type, out _))
            return true;
        var option = new ScaleReader(value);
        var isSome = option.ReadBool();
        value = value[1..];
        return isSome;
    }

    /// <summary>True when the bytes begin with exactly the length of the rest. The values read here cannot: their first bytes count far longer things.</summary>
    static bool IsWrapped(ReadOnlySpan<byte> reply)
    {
        try
        {
            var reader = new ScaleReader(reply);
            return reader.ReadCompact() == (uint)reader.Remaining;
        }
        catch (ScaleException)
        {
            return false;
        }
    }
}
