using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>Reads what an answer's headers say about the axon; they win over the body.</summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/synapse.py, Synapse.parse_headers_to_inputs.</remarks>
static class AnswerHeaders
{
    /// <summary>Longest header value the Python client reads.</summary>
    const int MaxValueLength = 8190;

    /// <summary>The numeric fields of a terminal, but for the float <c>process_time</c>.</summary>
    public static readonly string[] IntegerFields = ["status_code", "port", "version", "nonce"];

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses what the Python client's HTTP parser refuses.</summary>
    public static void CheckSize(HttpResponseMessage response)
    {
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            foreach (var value in values)
            {
                if (value.Length > MaxValueLength)
                    throw new AnswerException(400, $"Client response error: header {name} has more than {MaxValueLength} bytes");
            }
        }
    }

    /// <summary>The status as the headers complete it. A number that is none is a fault, but the answer stands.</summary>
    public static (AnswerStatus Status, AnswerException? Fault) Read(HttpResponseHeaders headers, AnswerStatus status)
    {
        AnswerException? fault = null;
        foreach (var (name, values) in headers.NonValidated)
        {
            var value = Decode(Last(values));
            if (!IsReadable(name, value))
                fault = AnswerException.Unparsable($"header {name} is not a number");
            else if (name == SynapseHeaderNames.AxonStatusCode && TryInteger(value, out var code))
                status = status with { Code = (int)code };
            else if (name == SynapseHeaderNames.AxonStatusMessage)
                status = status with { Message = value };
        }
        return (status, fault);
    }

    /// <summary>Python's <c>int(text)</c> without underscores.</summary>
    public static bool TryInteger(string? text, out long value) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    /// <summary>The bittensor prefixes are compared with their letter case, the plain names without, as in the Python client.</summary>
    static bool IsReadable(string name, string value)
    {
        if (Is(name, SynapseHeaderNames.Timeout))
            return IsFloat(value);
        if (Is(name, SynapseHeaderNames.TotalSize) || Is(name, SynapseHeaderNames.HeaderSize))
            return TryInteger(value, out _);
        var field = After(name, SynapseHeaderNames.AxonPrefix) ?? After(name, SynapseHeaderNames.DendritePrefix);
        if (field is null)
            return true;
        return field == "process_time" ? IsFloat(value) : !IntegerFields.Contains(field) || TryInteger(value, out _);
    }

    static bool Is(string name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);

    static bool IsFloat(string value) => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    static string? After(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;

    static string Last(HeaderStringValues values)
    {
        var last = "";
        foreach (var value in values)
            last = value;
        return last;
    }

    /// <summary>The transport hands over bytes as Latin-1; where they are UTF-8, that is what was meant.</summary>
    static string Decode(string latin1)
    {
        if (System.Text.Ascii.IsValid(latin1))
            return latin1;
        try
        {
            return StrictUtf8.GetString(Encoding.Latin1.GetBytes(latin1));
        }
        catch (DecoderFallbackException)
        {
            return latin1;
        }
    }
}
