using System.Text.Json.Serialization;

namespace ComputeMiner.Control;

/// <summary>What the operator asks of the running miner: one line of JSON.</summary>
/// <param name="Command">"holder", "release", "drain", "accept" or "install".</param>
/// <param name="Allocation">With "release": the allocation that the operator saw and means.</param>
sealed record ControlRequest(string Command, string? Allocation = null)
{
    public const string Holder = "holder";
    public const string Release = "release";
    public const string Drain = "drain";
    public const string Accept = "accept";
    public const string Install = "install";
}

/// <summary>The miner's answer: one line of JSON.</summary>
/// <param name="Done">What was asked for holds now.</param>
/// <param name="Message">Why not, and what to do; or what happens now. Null when there is nothing to say.</param>
/// <param name="Held">Who has the machine, when that was asked.</param>
sealed record ControlReply(bool Done, string? Message = null, HeldMachine? Held = null);

/// <summary>Who has the machine.</summary>
sealed record HeldMachine(string Allocation, string Kind, string State, string Hotkey, DateTimeOffset Started, DateTimeOffset Expires);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
sealed partial class ControlJson : JsonSerializerContext;
