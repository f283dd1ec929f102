using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bittensor.Synapses;
using Microsoft.AspNetCore.Http;

namespace Bittensor.Axon;

/// <summary>
/// Step 11: writes the answer. Of the reference's headers only those a dendrite reads and logs are sent; nothing is signed,
/// since nobody verifies it.
/// </summary>
/// <remarks>
/// Source: opentensor/bittensor, bittensor/core/axon.py, AxonMiddleware.synapse_to_response; synapse.py, Synapse.to_headers.
/// </remarks>
sealed class AxonAnswer(AxonOptions options)
{
    /// <summary>Room for a route, which is a class's name, and for any number.</summary>
    const int MaxEnvelope = 512;

    /// <summary>What a thread keeps for its next answer; a large one is not kept.</summary>
    const int MostKept = 64 * 1024;

    const string JsonType = "application/json";

    /// <summary>What the class is called in answers to requests that matched no synapse.</summary>
    const string NoSynapse = "Synapse";

    /// <summary>Non-ASCII goes out as it is, which is what the reference's answers look like.</summary>
    static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A thread composes one answer at a time, and what it is composed in is larger than the answer.</summary>
    [ThreadStatic]
    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) t_composing;

    /// <summary>The body of a 200: the synapse with its output. Made before anything is sent, so that a failure still has an answer.</summary>
    public byte[] Compose(AxonExchange exchange, AxonInvocation invocation)
    {
        var (buffer, writer) = Composing();
        invocation.Write(writer);
        writer.Flush();
        var own = buffer.WrittenSpan;
        var timeout = PythonNumber.Format(TimeoutOf(exchange));
        var separator = own.Length > "{}".Length ? "," : "";
        Span<byte> envelope = stackalloc byte[MaxEnvelope];
        Utf8.TryWrite(envelope, $"{{\"name\":\"{exchange.Route!.Endpoint.Route}\",\"timeout\":{timeout}{separator}", out var length);
        // The synapse's object without its opening brace: the envelope's members come first.
        return [.. envelope[..length], .. own[1..]];
    }

    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) Composing()
    {
        if (t_composing.Buffer is not { Capacity: <= MostKept } buffer)
        {
            buffer = new ArrayBufferWriter<byte>(2048);
            return t_composing = (buffer, new Utf8JsonWriter(buffer, Writing));
        }
        buffer.ResetWrittenCount();
        t_composing.Writer.Reset();
        return t_composing;
    }

    /// <summary>200 with a composed body.</summary>
    public Task WriteAsync(AxonExchange exchange, byte[] body) => SendAsync(exchange, AxonVerdict.Admitted, body);

    /// <summary>A refusal, as <c>{"message": …}</c>.</summary>
    public Task WriteAsync(AxonExchange exchange, AxonVerdict verdict)
    {
        var response = exchange.Context.Response;
        if (verdict.Outcome == AxonOutcome.WrongMethod)
            response.Headers.Allow = HttpMethods.Post;
        // What was not read of an oversized or slow body is not worth waiting for.
        if (verdict.Outcome is AxonOutcome.TooLarge or AxonOutcome.TimedOut || exchange.Context.Features.Get<OpenConnection>() is { IsInTheWay: true })
            response.Headers.Connection = "close";
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("message"u8, verdict.Message);
            writer.WriteEndObject();
        }
        return SendAsync(exchange, verdict, buffer.WrittenMemory);
    }

    async Task SendAsync(AxonExchange exchange, AxonVerdict verdict, ReadOnlyMemory<byte> body)
    {
        var response = exchange.Context.Response;
        response.StatusCode = verdict.StatusCode;
        response.ContentType = JsonType;
        response.ContentLength = body.Length;
        var headers = response.Headers;
        headers[SynapseHeaderNames.Name] = exchange.Route?.Endpoint.Route ?? NoSynapse;
        headers[SynapseHeaderNames.Timeout] = PythonNumber.Format(TimeoutOf(exchange));
        headers[SynapseHeaderNames.AxonStatusCode] = verdict.StatusCode.ToString(CultureInfo.InvariantCulture);
        headers[SynapseHeaderNames.AxonStatusMessage] = HeaderText(verdict.Message);
        headers[SynapseHeaderNames.AxonProcessTime] = PythonNumber.Format(exchange.Elapsed);
        await response.BodyWriter.WriteAsync(body);
    }

    double TimeoutOf(AxonExchange exchange) => exchange.Headers.TimeoutSeconds ?? options.DefaultTimeout.TotalSeconds;

    /// <summary>Header values are printable ASCII, whatever a reason contains.</summary>
    static string HeaderText(string message) =>
        message.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Create(message.Length, message, static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                    target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
            })
            : message;
}
