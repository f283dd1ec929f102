using System.Text;
using Bittensor.Dendrite;

namespace Bittensor.Tests.Axon;

static class WireText
{
    /// <summary>The request as the bytes a plain socket sends, one character per byte.</summary>
    public static string ToWire(this DendriteRequest request)
    {
        var type = request.ContentType is { } text ? [KeyValuePair.Create("Content-Type", text)] : Array.Empty<KeyValuePair<string, string>>();
        return Build(request.Method, request.Path, request.Headers.Concat(type), request.Body);
    }

    public static string Build(string method, string path, IEnumerable<KeyValuePair<string, string>> headers, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var wire = new StringBuilder().Append(method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: axon\r\n");
        foreach (var (name, value) in headers)
            wire.Append(name).Append(": ").Append(value).Append("\r\n");
        return wire.Append("Content-Length: ").Append(bytes.Length).Append("\r\n\r\n").Append(Encoding.Latin1.GetString(bytes)).ToString();
    }
}
