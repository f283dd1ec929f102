using System.Collections.Immutable;
using Bittensor.Subtensor;
using ComputeMiner.Releases;
using ComputeMiner.Updates;

namespace ComputeMiner.Configuration;

/// <summary>Networks and addresses of services. What may carry a credential (user information, query) is never shown.</summary>
static class Addresses
{
    public static readonly ValueKind<string> Network = new("NAME|URL", static (text, out value) =>
    {
        value = WithScheme(text);
        return IsNetwork(value) ? null : $"one of {string.Join(", ", SubtensorNetworks.Names)}, or a ws:// or wss:// address";
    }, Redact);

    public static readonly ValueKind<ImmutableArray<Uri>> Endpoints = new("URL,…", static (text, out value) =>
    {
        var urls = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(WithScheme).ToArray();
        var good = urls.Length > 0 && urls.All(u => !SubtensorNetworks.Names.Contains(u) && IsNetwork(u));
        value = good ? [.. urls.Select(u => new Uri(u))] : [];
        return good ? null : "ws:// or wss:// addresses with a comma between them";
    }, static urls => string.Join(',', urls.Select(u => Redact(u.OriginalString))));

    public static readonly ValueKind<Uri> Http = new("URL", static (text, out value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "http" or "https" ? null : "an http:// or https:// address",
        static url => Redact(url.OriginalString));

    public static readonly ValueKind<Uri?> HttpOrOff = new("URL|off", static (text, out value) =>
    {
        value = null;
        return text == "off" ? null : Http.Read(text, out value) is null ? null : "an http:// or https:// address, or off";
    }, static url => url is null ? "off" : Http.Show(url));

    /// <summary>Where a release may come from: nobody on the way can change which one is the newest.</summary>
    public static readonly ValueKind<Uri> Release = new("URL", static (text, out value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && WebFile.IsTrusted(value) ? null : "an https:// address, or an http:// one of this machine",
        static url => Redact(url.OriginalString));

    public static readonly ValueKind<ReleaseKey> PublisherKey = new("KEY", static (text, out value) =>
        ReleaseKey.TryParse(text, out value) ? null : "the 32 bytes of an Ed25519 public key in base64 or hex", static key => key.ToString());

    public static readonly ValueKind<Uri> Docker = new("URL", static (text, out value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && value.Scheme is "unix" or "tcp" or "http" or "https"
            ? null
            : "a unix:// or tcp:// address", static url => Redact(url.OriginalString));

    /// <summary>Scheme, host and port only: user information, path and query are where addresses carry keys.</summary>
    public static string Redact(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return text;
        var start = scheme + 3;
        var end = text.AsSpan(start).IndexOfAny('/', '?', '#') is var i and >= 0 ? start + i : text.Length;
        var host = start + text.AsSpan(start, end - start).LastIndexOf('@') + 1;
        return $"{text[..start]}{(host > start ? "***@" : "")}{text[host..end]}{(end < text.Length - 1 ? "/***" : "")}";
    }

    // The SDK puts ws:// before an address without a scheme; a bare word stays one, so that a misspelt name is told apart.
    static string WithScheme(string text) =>
        text.Contains("://", StringComparison.Ordinal) || !text.AsSpan().ContainsAny('.', ':') ? text : "ws://" + text;

    static bool IsNetwork(string text) =>
        SubtensorNetworks.Names.Contains(text)
        || Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss" && url.Host.Length > 0;
}
