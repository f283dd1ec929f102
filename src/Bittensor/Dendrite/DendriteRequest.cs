using System.Net;

namespace Bittensor.Dendrite;

/// <summary>
/// A request that was built and signed but not sent. Everything in it may be changed before <see cref="DendriteClient.SendAsync"/>,
/// and it may be sent more than once: that is how an axon is tried with what no honest caller sends.
/// </summary>
public sealed class DendriteRequest
{
    readonly List<KeyValuePair<string, string>> _headers;

    internal DendriteRequest(IPEndPoint endPoint, string route, TimeSpan timeout, List<KeyValuePair<string, string>> headers, string body)
    {
        (EndPoint, Path, Timeout, _headers, Body) = (endPoint, "/" + route, timeout, headers, body);
    }

    /// <summary>Where it goes.</summary>
    public IPEndPoint EndPoint { get; set; }

    /// <summary>The path, with its leading slash.</summary>
    public string Path { get; set; }

    /// <summary>The HTTP method. Default POST.</summary>
    public string Method { get; set; } = "POST";

    /// <summary>The content type; null sends none.</summary>
    public string? ContentType { get; set; } = "application/json";

    /// <summary>How long the sender waits for the whole exchange; the header of the same name is a separate text.</summary>
    public TimeSpan Timeout { get; set; }

    /// <summary>The body's text, sent as UTF-8.</summary>
    public string Body { get; set; }

    /// <summary>The envelope's headers in the order they are sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>The value of a header, or null.</summary>
    public string? Get(string name)
    {
        var index = IndexOf(name);
        return index < 0 ? null : _headers[index].Value;
    }

    /// <summary>Replaces a header in its place, or adds it at the end.</summary>
    public DendriteRequest Set(string name, string value)
    {
        var index = IndexOf(name);
        if (index < 0)
            return Add(name, value);
        _headers[index] = new(name, value);
        return this;
    }

    /// <summary>Adds a header at the end, also a second one of the same name.</summary>
    public DendriteRequest Add(string name, string value)
    {
        _headers.Add(new(name, value));
        return this;
    }

    /// <summary>Takes a header out.</summary>
    public DendriteRequest Remove(string name)
    {
        _headers.RemoveAll(header => header.Key == name);
        return this;
    }

    int IndexOf(string name) => _headers.FindIndex(header => header.Key == name);
}
