using System.Net;
using System.Net.Http.Headers;

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
            MaxAutomaticRedirections = MostRedirections,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ComputeMiner", ProductVersion.Text));
        return http;
    }

    /// <summary>A whole small file, or null when it is still the one with <paramref name="etag"/>.</summary>
    /// <exception cref="WebFileException">It did not come, or is longer than <paramref name="most"/> bytes.</exception>
    public static async Task<(byte[] Content, string? ETag)?> ReadAsync(HttpClient http, Uri url, string? etag, int most, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (etag is not null && EntityTagHeaderValue.TryParse(etag, out var known))
            request.Headers.IfNoneMatch.Add(known);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode == HttpStatusCode.NotModified && etag is not null)
                return null;
            using var content = new MemoryStream();
            await CopyAsync(response, content, most, cancellation);
            return (content.ToArray(), response.Headers.ETag?.ToString());
        }
        catch (HttpRequestException fault)
        {
            throw new WebFileException(fault.InnerException?.Message ?? fault.Message, fault);
        }
        catch (IOException fault)
        {
            throw new WebFileException(fault.Message, fault);
        }
    }

    static async Task CopyAsync(HttpResponseMessage response, Stream target, long most, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new WebFileException($"HTTP {(int)response.StatusCode}");
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[64 * 1024];
        var copied = 0L;
        while (await ReadAsync() is var read and > 0)
        {
            copied += read;
            if (copied > most)
                throw new WebFileException($"it is longer than {most} bytes");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        async Task<int> ReadAsync()
        {
            try
            {
                return await body.ReadAsync(buffer, cancellation);
            }
            // Only the network's fault: one of the target is the caller's to know.
            catch (Exception fault) when (fault is IOException or HttpRequestException)
            {
                throw new WebFileException(fault.Message, fault);
            }
        }
    }
}
