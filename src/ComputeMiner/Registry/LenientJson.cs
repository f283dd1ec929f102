using System.Buffers;
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
    const int LongestText = 1 << 20;

    static readonly string[] NoNumbers = ["-Infinity", "Infinity", "NaN"];

    /// <summary>Where a text or one of those words may begin.</summary>
    static readonly SearchValues<char> Beginnings = SearchValues.Create("\"-IN");

    public static JsonObject? ParseObject(string text) =>
        text.Length > LongestText ? null : ReadableJson.Parse(Encoding.UTF8.GetBytes(WithoutBareWords(text))) as JsonObject;

    static string WithoutBareWords(string text)
    {
        if (!Array.Exists(NoNumbers, word => text.Contains(word, StringComparison.Ordinal)))
            return text;
        var result = new StringBuilder(text.Length);
        var copied = 0;
        for (var i = 0; text.AsSpan(i).IndexOfAny(Beginnings) is var next and >= 0;)
        {
            i += next;
            if (text[i] == '"')
            {
                i = EndOfString(text, i);
            }
            else if (WordAt(text.AsSpan(i)) is { } word)
            {
                result.Append(text, copied, i - copied).Append("null");
                copied = i += word.Length;
            }
            else
            {
                i++;
            }
        }
        return result.Append(text, copied, text.Length - copied).ToString();
    }

    static string? WordAt(ReadOnlySpan<char> text)
    {
        foreach (var word in NoNumbers)
        {
            if (text.StartsWith(word, StringComparison.Ordinal))
                return word;
        }
        return null;
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
