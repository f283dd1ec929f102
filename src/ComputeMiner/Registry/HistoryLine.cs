using System.Text;
using System.Text.Json.Nodes;
using Bittensor.Subtensor;

namespace ComputeMiner.Registry;

/// <summary>One line of a run's history: the chain's view of the miner under the names the reference uses.</summary>
static class HistoryLine
{
    /// <param name="block">The block of the figures.</param>
    /// <param name="neuron">The miner's own neuron.</param>
    public static JsonObject Of(ulong block, Neuron neuron) => new()
    {
        ["Block"] = block,
        ["Stake"] = Number(neuron.Stake),
        ["Trust"] = Number(neuron.Trust),
        ["Consensus"] = Number(neuron.Consensus),
        ["Incentive"] = Number(neuron.Incentive),
        ["Emission"] = Number(neuron.Emission),
    };

    /// <summary>The step of the last line, of JSON text that holds a list of JSON texts; null when there is none.</summary>
    public static long? LastStepOf(string? historyTail) =>
        ReadableJson.Parse(Encoding.UTF8.GetBytes(historyTail ?? "[]")) is JsonArray { Count: > 0 } lines
            && lines[^1] is JsonValue last && last.TryGetValue<string>(out var line)
            && LenientJson.ParseObject(line)?["_step"] is JsonValue step && step.TryGetValue<long>(out var number)
            ? number
            : null;

    /// <summary>JSON has no word for what is not a number.</summary>
    static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;
}
