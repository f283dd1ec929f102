using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fuzzing;

/// <summary>
/// An input: the letter S (the harness signs it) or any other byte (it is taken as it is), then a request as HTTP/1.1 has it. What the
/// server's own parser would refuse is let through, so that our code sees more than it ever would.
/// </summary>
sealed record RequestText(bool Sign, string Method, string Path, List<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public static RequestText Parse(ReadOnlySpan<byte> input)
    {
        var sign = input is [(byte)'S', ..];
        var text = input.IsEmpty ? input : input[1..];
        List<string> lines = [];
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = Encoding.Latin1.GetString(end < 0 ? text : text[..end]).TrimEnd('\r');
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.Length == 0 && lines.Count > 0)
                break;
            lines.Add(line);
        }
        var first = (lines is [var start, ..] ? start : "").Split(' ');
        var headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && parts[0].Length > 0)
            .Select(parts => KeyValuePair.Create(parts[0], parts[1].Trim(' ', '\t')))
            .ToList();
        return new RequestText(sign, first[0], first.Length > 1 ? first[1] : "", headers, text.ToArray());
    }

    /// <summary>As an input.</summary>
    public byte[] Encode()
    {
        var head = new StringBuilder().Append(Sign ? 'S' : 'R').Append(Method).Append(' ').Append(Path).Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }

    /// <summary>The only value of a header, as the server gives it; null when there is none or more than one.</summary>
    public string? Only(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return values is [var one] ? one.Value : null;
    }

    public void Set(string name, string value)
    {
        Headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        Headers.Add(KeyValuePair.Create(name, value));
    }

    public DefaultHttpContext ToContext()
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = Method;
        request.Path = new PathString(Path.StartsWith('/') ? Path : "/" + Path);
        foreach (var (name, value) in Headers)
            request.Headers[name] = StringValues.Concat(request.Headers[name], value);
        request.ContentLength = Body.Length;
        request.Body = new MemoryStream(Body);
        context.Response.Body = new MemoryStream();
        return context;
    }
}
