using System.Text.Json;

namespace Bittensor.Tests.Vectors;

static class JsonElementBytes
{
    /// <summary>A property as text.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>A property of hexadecimal digits, with or without <c>0x</c>, as bytes.</summary>
    public static byte[] Hex(this JsonElement element, string property) => element.GetProperty(property).HexValue();

    /// <summary>Hexadecimal digits, with or without <c>0x</c>, as bytes.</summary>
    public static byte[] HexValue(this JsonElement element)
    {
        var text = element.GetString()!;
        return Convert.FromHexString(text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0));
    }
}
