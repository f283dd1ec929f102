namespace DevNet.Blocks;

/// <summary>Bytes as the JSON-RPC writes them: lower-case hex behind <c>0x</c>.</summary>
static class HexText
{
    public static string Of(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Null when the text is not <c>0x</c> and an even number of hex digits.</summary>
    public static byte[]? TryParse(string? text)
    {
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0)
            return null;
        var bytes = new byte[(text.Length - 2) / 2];
        return Convert.FromHexString(text.AsSpan(2), bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}
