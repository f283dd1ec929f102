using System.Text;
using System.Text.Json.Nodes;

namespace ComputeMiner.Registry;

/// <summary>
/// Reads the configurations of other people's runs. Python writes NaN and Infinity as bare words, which no JSON parser takes; they become
/// null. Everything else that is no JSON object, or a huge one, is null as a whole.
/// </summary>
static class LenientJson
{
    /// <summary>Many times what a validator writes, statistics of all neurons and all; a tree takes a multiple of it in memory.</summary>
    const int LongestText = 4 << 20;

    static readonly string[] NoNumbers = ["-Infinity", "Infinity", "NaN"];

    public static JsonObject? ParseObject(string text) =>
        text.Length > LongestText ? null : ReadableJson.Parse(Encoding.UTF8.GetBytes(WithoutBareWords(text))) as JsonObject;

    static string WithoutBareWords(string text)
    {
        if (!Array.Exists(NoNumbers, word => text.Contains(word, StringComparison.Ordinal)))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                var end = EndOfString(text, i);
                result.Append(text, i, end - i);
                i = end - 1;
            }
            else if (Array.Find(NoNumbers, word => string.CompareOrdinal(text, i, word, 0, word.Length) == 0) is { } found)
            {
                result.Append("null");
                i += found.Length - 1;
            }
            else
            {
                result.Append(text[i]);
            }
        }
        return result.ToString();
    }

    static int EndOfString(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
        }
        return text.Length;
    }
}
