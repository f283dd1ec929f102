using System.Text.Json;

namespace Bittensor.Tests.Vectors;

static class JsonElementBytes
{
    /// <summary>A property as text.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>A property of hexadecimal digits as bytes.</summary>
    public static byte[] Hex(this JsonElement element, string property) => Convert.FromHexString(element.Text(property));
}
