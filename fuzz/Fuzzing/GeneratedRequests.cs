using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Fuzzing;

/// <summary>
/// Requests that are nearly right: a seed with a few of its parts dropped, doubled, changed in case, replaced by odd values, and its body
/// altered as JSON or as bytes. CsCheck makes them and finds the smallest that fails.
/// </summary>
static class GeneratedRequests
{
    static readonly string[] Values =
    [
        "", "0", "-1", "+1", " 1", "1_0", "1e3", "nan", "inf", "1e400", "9223372036854775807", "9223372036854775808", "None", "null", "true",
        "0x", "0X00", "é", "\u0000", "a\tb", new('x', 70), new('9', 400), "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM",
        "0x" + new string('0', 128), "0x" + new string('f', 128),
    ];

    static readonly string[] JsonValues =
    [
        "null", "true", "0", "-1", "1.5", "1e3", "1e400", "9223372036854775808", "\"\"", "\"7\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[]]]]",
        "{\"a\":{\"a\":{}}}", "NaN", "'x'", "\"\u00e9\"", "{\"count\":null}", "{\"hotkey\":\"x\"}", "{\"nonce\":1}", "{\"uuid\":null,\"uuid\":\"x\"}",
    ];

    public static long Run(RequestPath path, TimeSpan duration)
    {
        var seeds = Seeds.Make(path).Select(seed => seed.Request).ToArray();
        var genInput =
            from seed in Gen.Int[0, seeds.Length - 1].Select(i => seeds[i])
            from edits in Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1000], Gen.Int[0, 1000]).List[0, 5]
            select Encode(seed, edits);
        var (start, count) = (Stopwatch.GetTimestamp(), 0L);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            genInput.Sample(input => { path.Run(input); }, iter: 2_000, threads: 1);
            count += 2_000;
        }
        return count;
    }

    static byte[] Encode(RequestText seed, List<(int Kind, int At, int With)> edits)
    {
        var request = seed with { Headers = [.. seed.Headers] };
        foreach (var (kind, at, with) in edits)
            request = Edit(request, kind, at, with);
        return request.Encode();
    }

    static RequestText Edit(RequestText request, int kind, int at, int with)
    {
        var headers = request.Headers;
        var i = headers.Count == 0 ? -1 : at % headers.Count;
        switch (kind)
        {
            case 0 when i >= 0:
                headers.RemoveAt(i);
                return request;
            case 1 when i >= 0:
                headers.Add(headers[i]);
                return request;
            case 2 when i >= 0:
                headers[i] = KeyValuePair.Create(headers[i].Key, Values[with % Values.Length]);
                return request;
            case 3 when i >= 0:
                headers[i] = KeyValuePair.Create(headers[i].Key.ToUpperInvariant(), headers[i].Value);
                return request;
            case 4:
                return request with { Body = ReplaceValue(request.Body, at, JsonValues[with % JsonValues.Length]) };
            case 5 when request.Body.Length > 0:
                var flipped = request.Body.ToArray();
                flipped[at % flipped.Length] = (byte)with;
                return request with { Body = flipped };
            case 6:
                return request with { Body = request.Body[..(request.Body.Length * (at % 10) / 10)] };
            case 7:
                return request with { Path = "/" + Values[at % Values.Length], Method = with % 3 == 0 ? "GET" : request.Method };
            default:
                return request;
        }
    }

    /// <summary>What follows one of the body's colons up to the next comma, replaced.</summary>
    static byte[] ReplaceValue(byte[] body, int at, string value)
    {
        var colons = body.Index().Where(b => b.Item == (byte)':').Select(b => b.Index).ToList();
        if (colons.Count == 0)
            return body;
        var colon = colons[at % colons.Count];
        var length = body.AsSpan(colon).IndexOf((byte)',');
        return [.. body[..(colon + 1)], .. Encoding.UTF8.GetBytes(value), .. length < 0 ? "}"u8.ToArray() : body[(colon + length)..]];
    }
}
