using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>What can be asked for, as one caller sees it. Used under the store's lock.</summary>
/// <param name="store">The runs.</param>
/// <param name="viewer">Who asks; null for nobody in particular.</param>
sealed class RegistrySchema(RunStore store, DevRegistryAccount? viewer)
{
    const int DefaultPage = 50;
    const int TailLength = 5;

    public GraphqlObject Query() => new GraphqlObject("Query")
        .Object("viewer", _ => viewer is null ? null : User(viewer.Username))
        .Object("project", Project)
        .Object("model", Project);

    public GraphqlObject Mutation() => new GraphqlObject("Mutation")
        .Object("upsertBucket", arguments => Upserted(new RunUpsert(store, viewer).Apply(arguments)))
        .Object("deleteRun", Delete);

    static GraphqlObject User(string username) => new GraphqlObject("User")
        .Value("id", _ => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"User:{username}")))
        .Value("username", _ => username)
        .Value("name", _ => username)
        .Value("entity", _ => username)
        .Object("teams", _ => new GraphqlObject("EntityConnection").Objects("edges", _ => []));

    GraphqlObject? Project(JsonObject arguments) =>
        store.Find((string?)arguments["entityName"], (string?)arguments["name"]) is { } project ? Project(project) : null;

    static GraphqlObject Project(ProjectRecord project) => new GraphqlObject("Project")
        .Value("id", _ => project.Name)
        .Value("name", _ => project.Name)
        .Value("entityName", _ => project.Entity)
        .Object("entity", _ => new GraphqlObject("Entity").Value("name", _ => project.Entity))
        .Value("runCount", arguments => Filtered(project, arguments).Count)
        .Object("runs", arguments => Page(project, arguments))
        .Object("run", arguments => RunOf(project, arguments))
        .Object("bucket", arguments => RunOf(project, arguments));

    static List<RunRecord> Filtered(ProjectRecord project, JsonObject arguments)
    {
        var filter = RunFilter.Parse(JsonText(arguments, "filters"));
        return project.Runs.FindAll(filter.Matches);
    }

    static GraphqlObject? RunOf(ProjectRecord project, JsonObject arguments) =>
        project.Find((string?)arguments["name"] ?? "") is { } run ? Run(run) : null;

    static GraphqlObject Page(ProjectRecord project, JsonObject arguments)
    {
        var runs = Ordered(Filtered(project, arguments), (string?)arguments["order"]);
        var after = (string?)arguments["after"];
        var start = string.IsNullOrEmpty(after) ? 0 : runs.FindIndex(r => Cursor(r) == after) + 1;
        if (start == 0 && !string.IsNullOrEmpty(after))
            throw new GraphqlException(400, $"invalid cursor {after}");
        var size = (int?)arguments["first"] ?? DefaultPage;
        var page = runs.Skip(start).Take(size).ToList();
        return new GraphqlObject("RunConnection")
            .Objects("edges", _ => page.Select(run => new GraphqlObject("RunEdge").Value("cursor", _ => Cursor(run)).Object("node", _ => Run(run))))
            .Object("pageInfo", _ => new GraphqlObject("PageInfo")
                .Value("endCursor", _ => page.Count == 0 ? null : Cursor(page[^1]))
                .Value("hasNextPage", _ => start + page.Count < runs.Count));
    }

    static List<RunRecord> Ordered(List<RunRecord> runs, string? order)
    {
        var ordered = order?.TrimStart('+', '-') is "heartbeat_at" ? runs.OrderBy(r => r.HeartbeatAt).ThenBy(r => r.Sequence) : runs.OrderBy(r => r.Sequence);
        // Only a plus sign means oldest first.
        return order is null || order.StartsWith('+') ? [.. ordered] : [.. ordered.Reverse()];
    }

    static string Cursor(RunRecord run) =>
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"run:{run.Sequence}")));

    static GraphqlObject Upserted((RunRecord Run, bool IsNew) result) => new GraphqlObject("UpsertBucketPayload")
        .Object("bucket", _ => Run(result.Run))
        .Value("inserted", _ => result.IsNew);

    GraphqlObject Delete(JsonObject arguments)
    {
        var id = (string?)arguments["input"]?["id"] ?? throw new GraphqlException(400, "deleteRun needs input.id.");
        var run = store.FindByStorageId(id) ?? throw new GraphqlException(404, "run not found during deleteRun");
        RegistryAccess.DemandWrite(viewer, run);
        RunStore.Delete(run);
        return new GraphqlObject("DeleteRunPayload").Value("clientMutationId", _ => null);
    }

    static GraphqlObject Run(RunRecord run) => new GraphqlObject("Run")
        .Value("id", _ => run.StorageId)
        .Value("name", _ => run.Name)
        .Value("displayName", _ => run.DisplayName)
        .Value("state", _ => run.State.ToString().ToLowerInvariant())
        .Value("config", arguments => Narrowed(run, arguments))
        .Value("summaryMetrics", _ => run.Summary)
        .Value("wandbConfig", _ => run.ConfigRoot.TryGetProperty("_wandb", out var own) ? own.GetRawText() : "{}")
        .Value("createdAt", _ => Iso(run.CreatedAt))
        .Value("heartbeatAt", _ => Iso(run.HeartbeatAt))
        .Value("tags", _ => new JsonArray([.. run.Tags.Select(JsonNode? (t) => t)]))
        .Value("historyLineCount", _ => run.History.Count)
        .Value("eventsLineCount", _ => run.Events.Count)
        .Value("logLineCount", _ => run.Output.Count)
        .Value("historyTail", _ => Tail(run.History))
        .Value("eventsTail", _ => Tail(run.Events))
        .Object("user", _ => User(run.Owner))
        .Object("project", _ => Project(run.Project));

    static string Narrowed(RunRecord run, JsonObject arguments)
    {
        if (arguments["keys"] is not JsonArray keys)
            return run.Config;
        var kept = new JsonObject();
        foreach (var key in keys.Select(k => (string?)k).OfType<string>())
        {
            if (run.ConfigRoot.ValueKind == JsonValueKind.Object && run.ConfigRoot.TryGetProperty(key, out var value))
                kept[key] = JsonNode.Parse(value.GetRawText());
        }
        return kept.ToJsonString();
    }

    /// <summary>The last lines as JSON text within JSON text.</summary>
    static string Tail(List<string> lines) => new JsonArray([.. lines.TakeLast(TailLength).Select(JsonNode? (l) => l)]).ToJsonString();

    /// <summary>UTC without a zone, as the service writes it.</summary>
    static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A value of the scalar JSONString: a text that holds JSON, never the object itself.</summary>
    public static string? JsonText(JsonObject arguments, string name) => arguments[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new GraphqlException(400, $"{name} is a JSONString: it takes a string that holds JSON."),
    };
}
