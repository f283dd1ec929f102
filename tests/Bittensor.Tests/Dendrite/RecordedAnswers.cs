using System.Text;

namespace Bittensor.Tests.Dendrite;

/// <summary>
/// The raw answers behind the recorded reactions: the vectors describe each in a few words, here are the bytes. Where the
/// words leave it open, the body is the minimal good one, so that only what the words name is out of the ordinary.
/// </summary>
static class RecordedAnswers
{
    const string Output = """{"output":{"status":true}}""";
    const string Json = "content-type: application/json";

    static readonly Dictionary<string, byte[]> Answers = new(StringComparer.Ordinal)
    {
        ["minimal {output}"] = Ok(Output),
        ["no content-type"] = Answer("200 OK", Output),
        ["text/html"] = Answer("200 OK", Output, "content-type: text/html"),
        ["application/json; charset=utf-8"] = Answer("200 OK", Output, "content-type: application/json; charset=utf-8"),
        ["problem+json"] = Answer("200 OK", Output, "content-type: application/problem+json"),
        ["output null"] = Ok("""{"output":null}"""),
        ["output list"] = Ok("""{"output":[]}"""),
        ["output missing"] = Ok("{}"),
        ["extra fields"] = Ok("""{"output":{"status":true},"future":{"a":[1]}}"""),
        ["axon null"] = Ok("""{"output":{"status":true},"axon":null}"""),
        ["dendrite null"] = Ok("""{"output":{"status":true},"dendrite":null}"""),
        ["axon.port str"] = Ok("""{"output":{"status":true},"axon":{"port":"8091"}}"""),
        ["axon.port bad"] = Ok("""{"output":{"status":true},"axon":{"port":"x"}}"""),
        ["axon.nonce 1.5"] = Ok("""{"output":{"status":true},"axon":{"nonce":1.5}}"""),
        ["timeline missing type str num"] = Ok("""{"output":{"status":true},"timeline":"7"}"""),
        ["timeline 1.0"] = Ok("""{"output":{"status":true},"timeline":1.0}"""),
        ["timeline 1.5"] = Ok("""{"output":{"status":true},"timeline":1.5}"""),
        ["timeline null"] = Ok("""{"output":{"status":true},"timeline":null}"""),
        ["timeout null"] = Ok("""{"output":{"status":true},"timeout":null}"""),
        ["total_size 1.7"] = Ok("""{"output":{"status":true},"total_size":1.7}"""),
        ["hdr timeout bad"] = Ok(Output, "timeout: abc"),
        ["hdr total_size bad"] = Ok(Output, "total_size: 1.5"),
        ["hdr header_size ok"] = Ok(Output, "header_size: 464"),
        ["hdr axon_process_time bad"] = Ok(Output, "bt_header_axon_process_time: x"),
        ["hdr axon_status lower"] = Ok(Output, "bt_header_axon_status_code: 200", "bt_header_axon_status_message: Success"),
        ["hdr axon_status Upper"] = Ok(Output, "Bt_Header_Axon_Status_Code: 200", "Bt_Header_Axon_Status_Message: Success"),
        ["hdr axon unknown key"] = Ok(Output, "bt_header_axon_future: 1"),
        ["hdr input_obj"] = Ok(Output, "bt_header_input_obj_timeline: MQ=="),
        ["401 message"] = Answer("401 Unauthorized", """{"message":"nope"}""", Json),
        ["401 bt hdr"] = Answer(
            "401 Unauthorized", """{"message":"nope"}""", Json, "bt_header_axon_status_code: 401", "bt_header_axon_status_message: nope2"),
        ["401 list body"] = Answer("401 Unauthorized", """["nope"]""", Json),
        ["401 text"] = Answer("401 Unauthorized", "nope", "content-type: text/plain"),
        ["422 detail"] = Answer("422 Unprocessable Entity", """{"detail":[]}""", Json),
        ["500 w/ output"] = Answer("500 Internal Server Error", Output, Json),
        ["201"] = Answer("201 Created", Output, Json),
        ["204"] = Bytes("HTTP/1.1 204 No Content\r\n\r\n"),
        ["empty body"] = Ok(""),
        ["bad json"] = Ok("{output}"),
        ["trailing bytes"] = [.. Ok(Output), .. Bytes("more")],
        ["utf8 bom"] = Ok("\u00ef\u00bb\u00bf" + Output),
        ["big header 9000"] = Ok(Output, "bt_header_axon_status_message: " + new string('x', 9000)),
        ["header 8100"] = Ok(Output, "bt_header_axon_status_message: " + new string('x', 8100)),
        ["latin1 header"] = Ok(Output, "bt_header_axon_status_message: caf\u00e9"),
        ["chunked"] = Bytes($"HTTP/1.1 200 OK\r\n{Json}\r\ntransfer-encoding: chunked\r\n\r\n{Output.Length:x}\r\n{Output}\r\n0\r\n\r\n"),
        ["truncated"] = Bytes($"HTTP/1.1 200 OK\r\n{Json}\r\ncontent-length: {Output.Length + 10}\r\n\r\n{Output}"),
        ["status 100 then close"] = Bytes("HTTP/1.1 100 Continue\r\n\r\n"),
        ["close"] = [],
        ["no content-length close-delimited"] = Bytes($"HTTP/1.1 200 OK\r\n{Json}\r\nconnection: close\r\n\r\n{Output}"),
    };

    /// <summary>The bytes that a description stands for.</summary>
    public static byte[] For(string description) => Answers[description];

    static byte[] Ok(string body, params string[] headers) => Answer("200 OK", body, [Json, .. headers]);

    /// <summary>Texts are one byte per character.</summary>
    static byte[] Answer(string status, string body, params string[] headers) =>
        Bytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}content-length: {body.Length}\r\n\r\n{body}");

    static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
