using System.Globalization;
using System.Text.Json;

namespace Bittensor.Synapses;

/// <summary>
/// Integers as pydantic's lax mode takes them: integers, floats without a fraction, numeric strings and booleans.
/// </summary>
/// <remarks>Source: pydantic 2, conversion table, column "lax" of int.</remarks>
static class LaxNumber
{
    const NumberStyles Text = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>Beyond this a double no longer holds every integer, so a float that large has no exact meaning.</summary>
    const double ExactLimit = 1L << 53;

    public static bool TryRead(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetInt64(out value) || (reader.TryGetDouble(out var number) && TryWhole(number, out value));
            case JsonTokenType.True:
                value = 1;
                return true;
            case JsonTokenType.False:
                return true;
            case JsonTokenType.String:
                return TryParse(ReadText(ref reader), out value);
            default:
                return false;
        }
    }

    static string? ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is good JSON but no text, and so no number.
            return null;
        }
    }

    static bool TryParse(string? text, out long value) =>
        long.TryParse(text, Text, CultureInfo.InvariantCulture, out value)
        || (double.TryParse(text, Text | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && TryWhole(number, out value));

    static bool TryWhole(double number, out long value)
    {
        var whole = Math.Abs(number) <= ExactLimit && double.IsInteger(number);
        value = whole ? (long)number : 0;
        return whole;
    }
}
