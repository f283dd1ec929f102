using System.Text.Json;
using System.Text.Json.Nodes;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>A post to a run's stream: lines of its files at their offsets, a sign of life, the end of the run.</summary>
static class FileStream
{
    const int LongestGap = 10_000;

    /// <exception cref="GraphqlException">400, 401, 403 or 404, as the service answers.</exception>
    public static JsonObject Post(RunStore store, DevRegistryAccount? viewer, string entity, string project, string name, JsonObject post)
    {
        var run = store.Find(entity, project)?.Find(name) ?? throw new GraphqlException(404, $"run {entity}/{project}/{name} not found");
        RegistryAccess.DemandWrite(viewer, run);
        // All of it is read before any of it counts.
        List<Action> writes = [.. (post["files"] as JsonObject ?? []).Select(entry => Read(run, entry.Key, entry.Value))];
        RunState? end = post["complete"] is JsonValue complete && complete.GetValueKind() == JsonValueKind.True
            ? (int?)post["exitcode"] == 0 ? RunState.Finished : RunState.Failed
            : null;
        writes.ForEach(write => write());
        store.Beat(run);
        run.State = end ?? run.State;
        return new JsonObject { ["exitcode"] = null, ["limits"] = new JsonObject() };
    }

    /// <returns>What writes it.</returns>
    static Action Read(RunRecord run, string file, JsonNode? chunk)
    {
        if (chunk?["content"] is not JsonArray content || chunk["offset"] is not JsonValue at || !at.TryGetValue<int>(out var offset) || offset < 0)
            throw new GraphqlException(400, $"{file} needs an offset and a list of lines as content.");
        List<string> lines = [.. content.Select(l => l is JsonValue v && v.TryGetValue<string>(out var text) ? text : throw new GraphqlException(400, $"{file}: a line is a string."))];
        if (file != "output.log")
            lines.ForEach(line => DemandObject(file, line));
        return file switch
        {
            "wandb-history.jsonl" => Replacing(run.History, offset, lines),
            "wandb-events.jsonl" => Replacing(run.Events, offset, lines),
            "output.log" => Replacing(run.Output, offset, lines),
            "wandb-summary.json" => () => run.Summary = lines.LastOrDefault() ?? run.Summary,
            _ => throw new GraphqlException(400, $"unknown file {file}"),
        };
    }

    /// <summary>The same lines at the same offset leave what was there: a post can be repeated.</summary>
    static Action Replacing(List<string> stored, int offset, List<string> lines) => offset > stored.Count + LongestGap
        ? throw new GraphqlException(400, "the offset lies far beyond the end of the file")
        : () => Replace(stored, offset, lines);

    static void Replace(List<string> stored, int offset, List<string> lines)
    {
        while (stored.Count < offset)
            stored.Add("{}");
        for (var i = 0; i < lines.Count; i++)
        {
            if (offset + i < stored.Count)
                stored[offset + i] = lines[i];
            else
                stored.Add(lines[i]);
        }
    }

    static void DemandObject(string file, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return;
        }
        catch (JsonException)
        {
            // Said below, as for any other line that is no object.
        }
        throw new GraphqlException(400, $"{file}: every line holds one JSON object.");
    }
}
