using System.Collections.Immutable;
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

    /// <summary>A line with what every line of a history has; steps rise from line to line.</summary>
    /// <param name="line">The line; taken over.</param>
    /// <param name="step">Its step.</param>
    /// <param name="at">When it was made.</param>
    /// <param name="started">When the run began.</param>
    public static string Stamped(JsonObject line, long step, DateTimeOffset at, DateTimeOffset started)
    {
        line["_step"] = step;
        line["_runtime"] = Math.Max(0, (at - started).TotalSeconds);
        line["_timestamp"] = at.ToUnixTimeMilliseconds() / 1000.0;
        return line.ToJsonString();
    }

    /// <summary>Lines of one run, as the next ones of another.</summary>
    public static ImmutableArray<string> Renumbered(ImmutableArray<string> lines, long step, DateTimeOffset started)
    {
        var next = step;
        return [.. lines.Select(LenientJson.ParseObject).OfType<JsonObject>().Select(line => Stamped(line, next++, TimeOf(line) ?? started, started))];
    }

    static DateTimeOffset? TimeOf(JsonObject line) =>
        line["_timestamp"] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is >= 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

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
