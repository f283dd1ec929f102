using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevNet.Registry.Graphql;

namespace DevNet.Registry;

/// <summary>Makes a run or changes one. What is null stays as it is; what is given replaces the whole of what was stored.</summary>
sealed class RunUpsert(RunStore store, DevRegistryAccount? viewer)
{
    static readonly SearchValues<char> Forbidden = SearchValues.Create(":;,#?/'");

    static readonly string[] Known =
    [
        "id", "name", "groupName", "modelName", "entityName", "description", "displayName", "notes", "commit", "host", "jobProgram", "jobRepo",
        "jobType", "state", "sweep", "config", "summaryMetrics", "debug", "tags", "repo", "clientMutationId",
    ];

    /// <exception cref="GraphqlException">400, 401, 403, 404 or 409, as the service answers.</exception>
    public (RunRecord Run, bool IsNew) Apply(JsonObject arguments)
    {
        if (arguments["input"] is not JsonObject input)
            throw new GraphqlException(400, "upsertBucket needs an input.");
        if (input.Select(p => p.Key).FirstOrDefault(k => !Known.Contains(k)) is { } stray)
            throw new GraphqlException(400, $"Field \"{stray}\" is not defined by type UpsertBucketInput.");
        var account = RegistryAccess.DemandWrite(viewer);
        var config = Json(input, "config");
        var summary = Json(input, "summaryMetrics");
        var run = Find(input);
        var isNew = run is null;
        if (run is null)
            run = Create(input, account);
        else
            RegistryAccess.DemandWrite(account, run);
        run.Config = config ?? run.Config;
        run.Summary = summary ?? run.Summary;
        run.DisplayName = (string?)input["displayName"] ?? run.DisplayName;
        if (input["tags"] is JsonArray tags)
            run.Tags = [.. tags.Select(t => (string?)t ?? "")];
        return (run, isNew);
    }

    RunRecord? Find(JsonObject input)
    {
        if ((string?)input["id"] is { } id)
            return store.FindByStorageId(id) ?? throw new GraphqlException(404, "run not found during upsertBucket");
        return Project(input) is var project && (string?)input["name"] is { } name ? project.Find(name) : null;
    }

    RunRecord Create(JsonObject input, DevRegistryAccount account)
    {
        var project = Project(input);
        var name = (string?)input["name"] ?? RunStore.NewName();
        if (name.Length == 0 || name != name.Trim() || name.AsSpan().ContainsAny(Forbidden))
            throw new GraphqlException(400, $"invalid run name \"{name}\"");
        if (project.DeletedNames.Contains(name))
        {
            throw new GraphqlException(
                409, $"run {project.Entity}/{project.Name}/{name} was previously created and deleted; try a new run name");
        }
        return store.Create(project, name, account.Username);
    }

    ProjectRecord Project(JsonObject input)
    {
        var (entity, project) = ((string?)input["entityName"], (string?)input["modelName"]);
        return store.Find(entity, project) ?? throw new GraphqlException(404, $"entity {entity} not found during upsertBucket");
    }

    static string? Json(JsonObject input, string name)
    {
        if (RegistrySchema.JsonText(input, name) is not { } text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? text : throw new GraphqlException(400, $"{name} must hold a JSON object.");
        }
        catch (JsonException fault)
        {
            throw new GraphqlException(400, $"{name} does not hold JSON: {fault.Message}");
        }
    }
}
