using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Bittensor.Substrate;

/// <summary>The node's text form of bytes: <c>0x</c>, then two lower-case hex digits per byte.</summary>
static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => $"0x{Convert.ToHexStringLower(bytes)}";

    /// <summary>Reads hex of either case, with or without <c>0x</c>; false for an odd count or another character.</summary>
    public static bool TryDecode(string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null)
            return false;
        var digits = text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0);
        var buffer = new byte[digits.Length / 2];
        if (digits.Length % 2 != 0 || Convert.FromHexString(digits, buffer, out _, out _) != OperationStatus.Done)
            return false;
        bytes = buffer;
        return true;
    }
}
