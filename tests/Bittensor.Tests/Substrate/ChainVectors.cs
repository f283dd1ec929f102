using System.Text;
using System.Text.Json;
using Bittensor.Keys;
using Bittensor.Substrate;
using Bittensor.Tests.Vectors;

namespace Bittensor.Tests.Substrate;

/// <summary>Reads the argument forms of the chain vectors.</summary>
static class ChainVectors
{
    static readonly string[] CallNames = ["serve_axon_tls", "serve_axon", "serve_prometheus", "burned_register"];

    /// <summary>Map keys: numbers, and addresses as text.</summary>
    public static ScaleValue[] Keys(JsonElement arguments) => [.. arguments.EnumerateArray().Select(argument =>
        argument.ValueKind == JsonValueKind.Number ? ScaleValue.Of(argument.GetUInt64()) : ScaleValue.Of(Ss58Address.Decode(argument.GetString()!).Bytes))];

    /// <summary>The call a vector is of: its name may say more.</summary>
    public static (string Pallet, string Call) CallName(string name) => name == "system_remark_hello"
        ? ("System", "remark")
        : ("SubtensorModule", CallNames.First(call => name.StartsWith(call, StringComparison.Ordinal)));

    /// <summary>Call arguments by name; <c>ip_text</c> is for people only.</summary>
    public static (string Name, ScaleValue Value)[] Arguments(JsonElement arguments) =>
        [.. arguments.EnumerateObject().Where(argument => argument.Name != "ip_text").Select(argument => (argument.Name, Argument(argument)))];

    static ScaleValue Argument(JsonProperty argument) => argument.Name switch
    {
        _ when argument.Value.ValueKind == JsonValueKind.Number => ScaleValue.Of(argument.Value.GetUInt64()),
        "ip" => ScaleValue.Of(UInt128.Parse(argument.Value.GetString()!)),
        "hotkey" => ScaleValue.Of(Ss58Address.Decode(argument.Value.GetString()!).Bytes),
        "certificate" when argument.Value.GetString() == "0x5a repeated 200 times" => ScaleValue.Of(Encoding.ASCII.GetBytes(new string('Z', 200))),
        _ => ScaleValue.Of(argument.Value.HexValue()),
    };
}
