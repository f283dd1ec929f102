using System.Text;

namespace ComputeMiner.Tests.Allocations;

/// <summary>
/// One JSON value as it stands on the wire, and what each type of the Python model makes of it (pydantic's lax mode): null where the type
/// refuses it.
/// </summary>
/// <param name="Token">The value's bytes.</param>
sealed record BadValue(byte[] Token)
{
    /// <summary>False: no JSON at all, or no text; refused wherever it stands.</summary>
    public bool IsJson { get; init; } = true;

    public bool IsNull { get; init; }

    public bool IsObject { get; init; }

    public long? Integer { get; init; }

    public bool? Boolean { get; init; }

    public bool IsFinite { get; init; }

    public string? Text { get; init; }

    public override string ToString() => Token.Length > 60 ? $"{Token.Length} bytes" : Encoding.Latin1.GetString(Token);
}

/// <summary>Every wrong type, size and encoding that is tried on every field.</summary>
static class BadValues
{
    public static IReadOnlyList<BadValue> All { get; } =
    [
        Of("null") with { IsNull = true },
        Of("true") with { Integer = 1, Boolean = true },
        Of("false") with { Integer = 0, Boolean = false },
        Number("0") with { Integer = 0, Boolean = false },
        Number("1") with { Integer = 1, Boolean = true },
        Number("-0") with { Integer = 0, Boolean = false },
        Number("-0.0") with { Integer = 0, Boolean = false },
        Number("-1") with { Integer = -1 },
        Number("2") with { Integer = 2 },
        Number("1.0") with { Integer = 1, Boolean = true },
        Number("1.5"),
        Number("1e-400") with { Integer = 0, Boolean = false },
        Number("2147483648") with { Integer = 2147483648 },
        Number("-2147483649") with { Integer = -2147483649 },
        Number("9223372036854775807") with { Integer = long.MaxValue },
        Number("9223372036854775808"),
        Number("123456789012345678901234567890123456789012345678901234567890"),
        Number("1e300"),
        Of("1e999"),
        Of("-1e999"),
        Broken("NaN"), Broken("Infinity"), Broken("-Infinity"), Broken("0x10"), Broken("01"), Broken("+1"), Broken(".5"), Broken("1."), Broken("1e"),
        Broken("True"), Broken("None"), Broken("undefined"), Broken("'x'"), Broken(""), Broken("{"), Broken("[1"), Broken("[1,]"), Broken("{\"a\":}"),
        Broken("{'a':1}"), Broken("/* x */ 1"), Broken("\"open"),
        Broken("\"\\x41\""), Broken("\"\\u12\""), Broken("\"tab\there\""), Broken("\"line\nbreak\""), Broken("\"nul\0byte\""),
        Bytes("\""u8, [0xff], "\""u8), Bytes("\""u8, [0xc0, 0x80], "\""u8), Bytes("\""u8, [0xe2, 0x82], "\""u8), Bytes("\""u8, [0xed, 0xa0, 0x80], "\""u8),
        Bytes("\""u8, [0xf5, 0x80, 0x80, 0x80], "\""u8),
        // Good JSON and no text: half of a surrogate pair. No field takes it, neither as a text nor as anything else.
        Of("\"\\ud800\""), Of("\"\\udc00x\""),
        Of("[]"), Of("[null]"), Of("[{}]"), Of("[[[[[[]]]]]]"), Of("[1,2,3]"),
        Of("{}") with { IsObject = true },
        Of("{\"unknown\":{\"a\":[1,{\"b\":null}]}}") with { IsObject = true },
        Broken(new string('[', 100) + new string(']', 100)),
        Broken(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100)),
        Word(""), Word(" "), Word("abc"), Word("-"), Word("1", 1, true), Word("-1", -1), Word("0", 0, false), Word(" 7 ", 7), Word("1.0", 1), Word("1.5"),
        Word("1e3"), Word("١"), Word("true", null, true), Word("FALSE", null, false), Word("null"), Word("None"), Word("nan"), Word("{}"),
        Word("../../../etc/passwd"), Word("/etc/shadow"), Word("$(reboot)"), Word("`reboot`"), Word("'; reboot; #"), Word("a\u0000b"), Word("\r\nX: y"),
        Word("\u001b[2J"), Word("\u202e\u2028\u2029\ufeff"), Word("😀"), Word("RUN reboot"), Word("%s%n{0}{{x}}"), Word(new string('A', 200_000)),
    ];

    /// <summary>Larger than an axon takes in at all.</summary>
    public static BadValue Megabyte { get; } = Of($"\"{new string('A', 1 << 20)}\"");

    static BadValue Of(string token) => new(Encoding.UTF8.GetBytes(token));

    static BadValue Number(string token) => Of(token) with { IsFinite = true };

    static BadValue Broken(string token) => Of(token) with { IsJson = false };

    static BadValue Bytes(ReadOnlySpan<byte> before, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> after) => new([.. before, .. bytes, .. after]) { IsJson = false };

    static BadValue Word(string text, long? integer = null, bool? boolean = null) =>
        Of(System.Text.Json.JsonSerializer.Serialize(text)) with { Text = text, Integer = integer, Boolean = boolean };
}
