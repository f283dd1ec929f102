using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ComputeMiner.Diagnostics;

namespace ComputeMiner.Registry;

/// <summary>
/// Posts JSON to the service and sorts its answers. It answers errors with a status that is not 200 and a GraphQL body at once, so bodies
/// are read under every status.
/// </summary>
sealed class RegistryTransport : IDisposable
{
    /// <summary>A page of fifty validators' whole configurations is a few MB.</summary>
    const int LargestAnswer = 32 << 20;

    const int LongestQuote = 300;

    static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    static readonly ProductInfoHeaderValue Agent = new("ComputeMiner", ProductVersion.Text);

    readonly HttpClient _http;
    readonly RegistryPace _pace;
    readonly TimeProvider _time;

    /// <param name="service">The service's address.</param>
    /// <param name="key">Goes with every request.</param>
    /// <param name="patience">How long one may take.</param>
    /// <param name="pace">What the service asked of all who use the key.</param>
    /// <param name="time">The clock.</param>
    public RegistryTransport(Uri service, RegistryKey key, TimeSpan patience, RegistryPace pace, TimeProvider time)
    {
        (_pace, _time) = (pace, time);
        _http = new HttpClient(CreateHandler(service))
        {
            // A base without a trailing slash would lose its last part.
            BaseAddress = new Uri(service.AbsoluteUri.TrimEnd('/') + "/"),
            MaxResponseContentBufferSize = LargestAnswer,
            Timeout = patience,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(Agent);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"api:{key.Value}")));
    }

    /// <summary>The key goes to the service alone: no redirection is followed, and nothing compressed is unpacked.</summary>
    public static SocketsHttpHandler CreateHandler(Uri service) => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // HTTP_PROXY takes requests to this machine as well, and in clear text.
        UseProxy = !service.IsLoopback,
    };

    /// <returns>The answer's object, with a status that says good.</returns>
    /// <exception cref="RegistryException">Anything else.</exception>
    public async Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellation)
    {
        if (_pace.WaitFor(path) is { } wait)
            throw new RegistryException(RegistryFault.RateLimited, "the service asked to wait", wait);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
            var answer = ReadableJson.Parse(await response.Content.ReadAsByteArrayAsync(cancellation)) as JsonObject;
            if (PauseAfter(response) is { } pause)
                _pace.Pause(path, pause);
            if (Judge(response, answer) is { } fault)
                throw fault;
            return answer ?? throw new RegistryException(RegistryFault.Unavailable, "the answer is no JSON object");
        }
        catch (HttpRequestException fault)
        {
            // The same again is as large again.
            throw fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                ? new RegistryException(RegistryFault.Rejected, $"the answer is larger than {LargestAnswer >> 20} MiB, or its head too large")
                : new RegistryException(RegistryFault.Unavailable, RequestFault.Reason(fault));
        }
        catch (TaskCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new RegistryException(RegistryFault.Unavailable, $"no answer within {_http.Timeout.TotalSeconds:0} s", inner: fault);
        }
        catch (IOException fault)
        {
            throw new RegistryException(RegistryFault.Unavailable, fault.Message, inner: fault);
        }
    }

    public void Dispose() => _http.Dispose();

    RegistryException? Judge(HttpResponseMessage response, JsonObject? answer)
    {
        if (response.IsSuccessStatusCode)
            return null;
        var text = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {Words(answer) ?? response.ReasonPhrase}");
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new(RegistryFault.Unauthorised, text),
            HttpStatusCode.Forbidden => new(RegistryFault.Forbidden, text),
            HttpStatusCode.NotFound => new(RegistryFault.NotFound, text),
            HttpStatusCode.Conflict => new(RegistryFault.Conflict, text),
            HttpStatusCode.TooManyRequests => new(RegistryFault.RateLimited, text, WaitOf(response.Headers)),
            HttpStatusCode.BadRequest or HttpStatusCode.Gone or HttpStatusCode.UnprocessableEntity => new(RegistryFault.Rejected, text),
            HttpStatusCode.RequestEntityTooLarge => new(RegistryFault.TooLarge, text),
            // A redirection, a demand for a password: those are a proxy's or a guest network's, not the service's.
            _ => new(RegistryFault.Unavailable, text, WaitOf(response.Headers)),
        };
    }

    /// <summary>What the service says of an error: <c>error</c>, or the messages in <c>errors</c>.</summary>
    public static string? Words(JsonObject? answer)
    {
        // Not as an array of its own: a node has one parent.
        IEnumerable<JsonNode?>? said = answer?["errors"] as JsonArray;
        if (answer?["error"] is { } error)
            said = Enumerable.Repeat<JsonNode?>(error, 1);
        if (said is null)
            return null;
        var text = string.Join("; ", said.Select(item => Text(item) ?? Text((item as JsonObject)?["message"])).OfType<string>());
        text = text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
        // It goes to a terminal and into lines.
        return string.Create(text.Length, text, (shown, said) =>
        {
            for (var i = 0; i < shown.Length; i++)
                shown[i] = char.IsControl(said[i]) ? ' ' : said[i];
        });

        static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var words) ? words : null;
    }

    /// <summary>How long nothing more is to be asked: after a refusal for asking too much, and after the last answer before one.</summary>
    TimeSpan? PauseAfter(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.TooManyRequests
            || (response.Headers.TryGetValues("RateLimit-Remaining", out var left) && left.First() == "0")
            ? WaitOf(response.Headers)
            : null;

    TimeSpan? WaitOf(HttpResponseHeaders headers)
    {
        var seconds = Math.Max(Seconds(headers, "Retry-After"), Seconds(headers, "RateLimit-Reset"));
        // By the service's own clock, where it tells it: ours may be set wrong.
        if (seconds <= 0 && headers.RetryAfter?.Date is { } date)
            seconds = (date - (headers.Date ?? _time.GetUtcNow())).TotalSeconds;
        return seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds)) : null;
    }

    static double Seconds(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && double.IsFinite(seconds)
            ? seconds
            : 0;
}
