using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Bittensor.Synapses;

namespace Bittensor.Axon;

/// <summary>
/// Step 8: the body's copy of the identity. Nothing in it is ever used; where it is given it must equal the proved one, as it
/// does in every real request. The same pass finds out whether the body is one JSON object at all.
/// </summary>
static class BodyIdentity
{
    /// <summary>Room for the longest of the texts, the signature's <c>0x</c> and 128 hex digits, and for any uuid.</summary>
    const int MaxTextBytes = 3 * RequestSignature.MaxUuidLength;

    public static AxonVerdict Check(ReadOnlySpan<byte> body, in SynapseHeaders headers)
    {
        if (body.IsEmpty)
            return AxonVerdict.Malformed("The body is empty; a JSON object is needed.");
        // A reader looks only at the texts it is asked for; Python decodes the whole body first.
        if (!Utf8.IsValid(body))
            return AxonVerdict.Unprocessable("The body is not UTF-8.");
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return Drain(ref reader, AxonVerdict.Malformed("The body is not a JSON object."));
            var verdict = AxonVerdict.Admitted;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isDendrite = TextIs(ref reader, "dendrite"u8);
                reader.Read();
                var found = isDendrite ? CheckDendrite(ref reader, headers) : AxonVerdict.Admitted;
                if (verdict.IsAdmitted)
                    verdict = found;
                reader.Skip();
            }
            return Drain(ref reader, verdict);
        }
        catch (JsonException e)
        {
            return AxonVerdict.Unprocessable($"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    /// <summary>Reads to the end, because what follows may show that the body is no JSON.</summary>
    static AxonVerdict Drain(ref Utf8JsonReader reader, AxonVerdict verdict)
    {
        while (reader.Read())
        {
        }
        return verdict;
    }

    static AxonVerdict CheckDendrite(ref Utf8JsonReader reader, in SynapseHeaders headers)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return AxonVerdict.Admitted;
        if (reader.TokenType != JsonTokenType.StartObject)
            return AxonVerdict.Unprocessable("Field 'dendrite': expected an object.");
        var verdict = AxonVerdict.Admitted;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var equal = true;
            if (TextIs(ref reader, "hotkey"u8))
                equal = TextEquals(ref reader, headers.HotkeyText);
            else if (TextIs(ref reader, "uuid"u8))
                equal = TextEquals(ref reader, headers.Uuid);
            else if (TextIs(ref reader, "signature"u8))
                equal = TextEquals(ref reader, headers.SignatureText);
            else if (TextIs(ref reader, "nonce"u8))
                equal = NumberEquals(ref reader, headers.Nonce);
            else
                reader.Read();
            if (!equal)
                verdict = AxonVerdict.Malformed("The body's dendrite is not the one of the headers.");
            reader.Skip();
        }
        return verdict;
    }

    static bool TextEquals(ref Utf8JsonReader reader, string expected)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            return reader.TokenType == JsonTokenType.Null;
        Span<byte> utf8 = stackalloc byte[MaxTextBytes];
        return Encoding.UTF8.TryGetBytes(expected, utf8, out var length) && TextIs(ref reader, utf8[..length]);
    }

    static bool TextIs(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> expected)
    {
        try
        {
            return reader.ValueTextEquals(expected);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON's grammar lets it pass, and no text we look for holds one.
            return false;
        }
    }

    static bool NumberEquals(ref Utf8JsonReader reader, long expected)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null || (LaxNumber.TryRead(ref reader, out var value) && value == expected);
    }
}
