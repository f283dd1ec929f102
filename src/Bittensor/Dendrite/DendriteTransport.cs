using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>Sends requests over pooled HTTP/1.1 connections and turns whatever comes back into a response.</summary>
sealed partial class DendriteTransport : IDisposable
{
    /// <summary>No answer of the subnet comes near this; a larger one is an attack on the caller's memory.</summary>
    const int MaxAnswer = 4 * 1024 * 1024;

    readonly TimeProvider _time;
    readonly string _userAgent;
    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // aiohttp keeps idle connections for 15 seconds.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        ActivityHeadersPropagator = null,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public DendriteTransport(string userAgent, TimeProvider time)
    {
        (_userAgent, _time) = (userAgent, time);
    }

    public async Task<DendriteResponse<TSynapse>> SendAsync<TSynapse>(DendriteRequest request, CancellationToken cancellation)
        where TSynapse : class, ISynapse<TSynapse>
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = _time.GetTimestamp();
        using var deadline = new CancellationTokenSource(request.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        int? httpStatus = null;
        try
        {
            using var message = ToMessage(request);
            using var response = await ReceiveAsync(message, request, either.Token);
            httpStatus = (int)response.StatusCode;
            AnswerHeaders.CheckSize(response);
            var body = await ReadBodyAsync(response, either.Token);
            CheckContentType(response);
            using var document = AnswerBody.Parse(body);
            TSynapse? synapse = null;
            AnswerException? fault = null;
            AnswerStatus status;
            if (response.StatusCode == HttpStatusCode.OK)
                (synapse, status, fault) = AnswerBody.Read<TSynapse>(document.RootElement);
            else
                status = new AnswerStatus(httpStatus, AnswerBody.Message(document.RootElement));
            (status, var headerFault) = AnswerHeaders.Read(response.Headers, status);
            if ((fault ?? headerFault) is { } recorded)
                status = new AnswerStatus(recorded.Status, recorded.Message);
            return Respond(request, synapse, httpStatus, status, started);
        }
        catch (AnswerException fault)
        {
            return Respond<TSynapse>(request, null, httpStatus, new AnswerStatus(fault.Status, fault.Message), started);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            var text = $"Request timeout after {PythonNumber.Format(request.Timeout.TotalSeconds)} seconds";
            return Respond<TSynapse>(request, null, httpStatus, new AnswerStatus(408, text), started);
        }
    }

    public void Dispose() => _http.Dispose();

    HttpRequestMessage ToMessage(DendriteRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri($"http://{request.EndPoint}{request.Path}"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body)),
        };
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate");
        message.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        message.Content.Headers.ContentLength = Encoding.UTF8.GetByteCount(request.Body);
        if (request.ContentType is { } type)
            message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return message;
    }

    async Task<HttpResponseMessage> ReceiveAsync(HttpRequestMessage message, DendriteRequest request, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw e.HttpRequestError switch
            {
                HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded =>
                    new AnswerException(400, "Client response error: the answer is not HTTP"),
                HttpRequestError.ResponseEnded => new AnswerException(503, "Service disconnected: Server disconnected"),
                _ => new AnswerException(503, $"Service unavailable at {request.EndPoint}{request.Path}"),
            };
        }
    }

    static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            using var body = new MemoryStream();
            var chunk = new byte[8192];
            while (await stream.ReadAsync(chunk, cancellation) is var read and > 0)
            {
                if (body.Length + read > MaxAnswer)
                    throw new AnswerException(400, $"Payload error: the answer is larger than {MaxAnswer} bytes");
                body.Write(chunk, 0, read);
            }
            return body.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new AnswerException(400, "Payload error: Response payload is not completed");
        }
    }

    static void CheckContentType(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        if (!JsonType().IsMatch(type))
            throw AnswerException.Unparsable($"{(int)response.StatusCode}, content type '{type}' is not JSON");
    }

    DendriteResponse<TSynapse> Respond<TSynapse>(
        DendriteRequest request, TSynapse? synapse, int? httpStatus, AnswerStatus status, long started)
        where TSynapse : class, ISynapse<TSynapse> =>
        new(
            synapse ?? RequestBody.Unanswered<TSynapse>(request), synapse is not null, httpStatus, status.Code, status.Message,
            _time.GetElapsedTime(started));

    [GeneratedRegex(@"^application/(?:[\w.+-]+?\+)?json$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JsonType();
}
