using System.Text.Json.Nodes;
using Bittensor.Keys;

namespace ComputeMiner.Registry;

/// <summary>
/// The configuration of a run: every value wrapped as <c>{"value": …}</c>, as the service's filters and the validators read it. The whole
/// of it is sent each time.
/// </summary>
static class RunDocument
{
    /// <summary>What a run shows of this client; a run without it counts as never started.</summary>
    const string Telemetry = "_wandb";

    /// <param name="stored">What the run holds; keys that are not ours are kept.</param>
    /// <param name="hotkey">The miner's own.</param>
    /// <param name="facts">What is to be seen of the miner.</param>
    /// <param name="signature">By <see cref="RunSignature"/>.</param>
    public static JsonObject Build(JsonObject? stored, Hotkey hotkey, RegistryFacts facts, string signature)
    {
        var document = new JsonObject();
        foreach (var (key, value) in stored ?? [])
        {
            // Python's client refuses to go on with a run that has a value outside a wrapper.
            if (value is JsonObject)
                document[key] = value.DeepClone();
        }
        document["hotkey"] = Wrapped(hotkey.ToString());
        document["role"] = Wrapped("miner");
        document["config"] = Wrapped(new JsonObject { ["netuid"] = facts.Netuid, ["ssh"] = new JsonObject { ["port"] = facts.SshPort } });
        document["version"] = Wrapped(facts.Version);
        // A document without a good probe of the hardware keeps the last one: a smaller machine would cost the renter his.
        if (facts.Specs is { } specs)
            document["specs"] = Wrapped(specs.DeepClone());
        // As long as a container that runs may be a renter's, the machine is not said to be free.
        if (facts.IsHolderKnown || !document.ContainsKey("allocated"))
            document["allocated"] = Wrapped(facts.AllocatedTo);
        document["signature"] = Wrapped(signature);
        document[Telemetry] = Wrapped(new JsonObject { ["t"] = new JsonObject { ["5"] = "computeminer" }, ["m"] = new JsonArray() });
        return document;
    }

    /// <summary>A value out of its wrapper, or without one, as validators read it; null when it is not there.</summary>
    public static JsonNode? Value(JsonObject? document, string key) =>
        document?[key] is var entry && entry is JsonObject wrapper && wrapper.ContainsKey("value") ? wrapper["value"] : entry;

    /// <summary>The same, when it is a text.</summary>
    public static string? Text(JsonObject? document, string key) =>
        Value(document, key) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static JsonObject Wrapped(JsonNode? value) => new() { ["value"] = value };
}
