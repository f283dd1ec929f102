using System.Buffers;
using System.Text.Json;
using DevNet.Blocks;

namespace DevNet.Rpc;

/// <summary>One request: its parameters, and where its result goes. A method writes exactly one JSON value to <see cref="Result"/>.</summary>
sealed class RpcCall : IDisposable
{
    readonly JsonElement[] _parameters;
    readonly ArrayBufferWriter<byte> _buffer = new();

    public RpcCall(JsonElement parameters, RpcSession session)
    {
        _parameters = parameters.ValueKind switch
        {
            JsonValueKind.Array => [.. parameters.EnumerateArray()],
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            _ => throw RpcException.InvalidParams("Parameters are a list, by position."),
        };
        Session = session;
        Result = new Utf8JsonWriter(_buffer);
    }

    public RpcSession Session { get; }

    public Utf8JsonWriter Result { get; }

    /// <summary>What happens once the reply is on its way: a subscription's first notification.</summary>
    public List<Action> AfterReply { get; } = [];

    /// <summary>The JSON that was written.</summary>
    public ReadOnlySpan<byte> WrittenJson
    {
        get
        {
            Result.Flush();
            return _buffer.WrittenSpan;
        }
    }

    /// <summary>The parameter at a position; null when it is left out or null.</summary>
    public JsonElement? Find(int position) =>
        position < _parameters.Length && _parameters[position].ValueKind != JsonValueKind.Null ? _parameters[position] : null;

    public JsonElement Get(int position) => Find(position) ?? throw RpcException.InvalidParams($"Parameter {position} is missing.");

    public string Text(int position) => Text(Get(position), position);

    public uint Number(int position) =>
        Get(position) is { ValueKind: JsonValueKind.Number } element && element.TryGetUInt32(out var number)
            ? number
            : throw RpcException.InvalidParams($"Parameter {position} is not an unsigned 32-bit number.");

    /// <summary>Bytes written as 0x hex.</summary>
    public byte[] Bytes(int position) => Bytes(Get(position), position);

    /// <summary>A block hash; null when it is left out.</summary>
    public byte[]? Hash(int position)
    {
        if (Find(position) is not { } element)
            return null;
        var hash = Bytes(element, position);
        return hash.Length == 32 ? hash : throw RpcException.InvalidParams($"Parameter {position} has {hash.Length} bytes; a block hash has 32.");
    }

    /// <summary>A list of byte strings.</summary>
    public byte[][] BytesList(int position) =>
        Get(position) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(element => Bytes(element, position))]
            : throw RpcException.InvalidParams($"Parameter {position} is not a list.");

    public void Dispose() => Result.Dispose();

    static string Text(JsonElement element, int position) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw RpcException.InvalidParams($"Parameter {position} is not a string.");

    static byte[] Bytes(JsonElement element, int position) =>
        HexText.TryParse(Text(element, position)) ?? throw RpcException.InvalidParams($"Parameter {position} is not hex text beginning with 0x.");
}
