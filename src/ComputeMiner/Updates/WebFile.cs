using System.Net;
using System.Net.Http.Headers;
using ComputeMiner.Diagnostics;

namespace ComputeMiner.Updates;

/// <summary>Gets files over HTTP, never more of one than was asked for.</summary>
static class WebFile
{
    const int MostRedirections = 5;

    /// <summary>A client for files elsewhere; no secret goes with its requests.</summary>
    public static HttpClient CreateClient()
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            // Followed here, by our own rule.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ComputeMiner", ProductVersion.Text));
        return http;
    }

    /// <summary>Nobody on the way can read or change what comes from there.</summary>
    public static bool IsTrusted(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);

    /// <summary>A whole small file, or null when it is still the one with <paramref name="etag"/>.</summary>
    /// <exception cref="WebFileException">It did not come, or is longer than <paramref name="most"/> bytes.</exception>
    public static async Task<(byte[] Content, string? ETag)?> ReadAsync(HttpClient http, Uri url, string? etag, int most, CancellationToken cancellation)
    {
        using var response = await AskAsync(http, url, etag, cancellation);
        if (response.StatusCode == HttpStatusCode.NotModified && etag is not null)
            return null;
        using var content = new MemoryStream();
        await CopyAsync(response, content, most, cancellation);
        return (content.ToArray(), response.Headers.ETag?.ToString());
    }

    /// <summary>Writes a file to a stream, whose own faults stay what they are.</summary>
    /// <exception cref="WebFileException">It did not come, or is longer than <paramref name="most"/> bytes.</exception>
    public static async Task CopyAsync(HttpClient http, Uri url, Stream target, long most, CancellationToken cancellation)
    {
        using var response = await AskAsync(http, url, null, cancellation);
        await CopyAsync(response, target, most, cancellation);
    }

    static async Task<HttpResponseMessage> AskAsync(HttpClient http, Uri url, string? etag, CancellationToken cancellation)
    {
        try
        {
            var next = url;
            for (var redirections = 0; ; redirections++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, next);
                if (etag is not null && EntityTagHeaderValue.TryParse(etag, out var known))
                    request.Headers.IfNoneMatch.Add(known);
                var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (!IsRedirection(response.StatusCode))
                    return response;
                using (response)
                    next = Follow(url, next, response.Headers.Location);
                if (redirections == MostRedirections)
                    throw new WebFileException($"more than {MostRedirections} redirections");
            }
        }
        catch (HttpRequestException fault)
        {
            // Without the fault itself, which may hold a proxy's password.
            throw new WebFileException(RequestFault.Reason(fault));
        }
        catch (IOException fault)
        {
            throw new WebFileException(fault.Message, fault);
        }
    }

    static bool IsRedirection(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    static Uri Follow(Uri first, Uri from, Uri? to)
    {
        if (to is null || !Uri.TryCreate(from, to, out var next) || (next.Scheme != Uri.UriSchemeHttp && next.Scheme != Uri.UriSchemeHttps))
            throw new WebFileException("a redirection to nowhere");
        if (next.IsLoopback && !first.IsLoopback)
            throw new WebFileException("a redirection to this machine");
        return IsTrusted(next) || !IsTrusted(first) ? next : throw new WebFileException("a redirection to an address that is not https");
    }

    static async Task CopyAsync(HttpResponseMessage response, Stream target, long most, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new WebFileException($"HTTP {(int)response.StatusCode}");
        if (response.Content.Headers.ContentLength > most)
            throw new WebFileException($"it is longer than {most} bytes");
        await using var body = await ReadAsync(() => response.Content.ReadAsStreamAsync(cancellation));
        var buffer = new byte[64 * 1024];
        var copied = 0L;
        while (await ReadAsync(() => body.ReadAsync(buffer, cancellation).AsTask()) is var read and > 0)
        {
            copied += read;
            if (copied > most)
                throw new WebFileException($"it is longer than {most} bytes");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        static async Task<T> ReadAsync<T>(Func<Task<T>> read)
        {
            try
            {
                return await read();
            }
            // Only the network's fault: one of the target is the caller's to know.
            catch (IOException fault)
            {
                throw new WebFileException(fault.Message, fault);
            }
            catch (HttpRequestException fault)
            {
                throw new WebFileException(RequestFault.Reason(fault));
            }
        }
    }
}
