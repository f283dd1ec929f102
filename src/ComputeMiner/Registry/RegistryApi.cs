using System.Globalization;
using System.Text.Json.Nodes;

namespace ComputeMiner.Registry;

/// <summary>
/// The requests a miner makes of Weights &amp; Biases, each in the service's own words. Nothing is kept here and nothing tried twice.
/// </summary>
sealed class RegistryApi(RegistryTransport transport, RegistrySettings settings)
{
    const int PageSize = 50;

    /// <summary>Characters of all configurations of one search: twice what the subnet's 256 neurons write, statistics and all. Beyond it somebody feeds us.</summary>
    const long LongestReading = 64 << 20;

    /// <summary>The account the key belongs to; null when the service takes us for nobody.</summary>
    /// <exception cref="RegistryException"/>
    public async Task<string?> GetUsernameAsync(CancellationToken cancellation)
    {
        var (data, fault) = await AskAsync("query Viewer { viewer { username } }", [], cancellation);
        return Text(Part(data, "viewer", fault), "username");
    }

    /// <summary>Shows every run that matches a filter, once. Anybody may make runs, and large ones: no more than a page of them is held.</summary>
    /// <param name="filter">In the service's dialect of MongoDB's.</param>
    /// <param name="keys">The configuration's keys that matter; others may come along.</param>
    /// <param name="see">Told of each.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="mostPages">How many pages are read; the default is more than the subnet can fill, beyond it somebody feeds us.</param>
    /// <returns>Whether those were all.</returns>
    /// <exception cref="RegistryException"/>
    public async Task<bool> FindRunsAsync(
        JsonObject filter, IReadOnlyList<string> keys, Action<RegistryRun> see, CancellationToken cancellation, int mostPages = 200)
    {
        var (seen, read) = (new HashSet<string>(), 0L);
        var cursors = new HashSet<string>();
        string? cursor = null;
        // A validator's configuration holds 256 neurons' statistics: only what matters is asked for, where the service can do that.
        var narrows = true;
        for (var page = 0; page < mostPages; page++)
        {
            JsonObject connection;
            try
            {
                connection = await PageAsync(filter, narrows ? keys : null, cursor, cancellation);
            }
            catch (RegistryException fault) when (fault.Fault == RegistryFault.Rejected && narrows)
            {
                narrows = false;
                page--;
                continue;
            }
            var edges = connection["edges"] as JsonArray ?? throw Incomplete();
            foreach (var edge in edges)
            {
                var node = Member(edge, "node") ?? throw Incomplete();
                var config = Text(node, "config") ?? "";
                if ((read += config.Length) > LongestReading)
                    return false;
                if (Text(node, "name") is { } name && seen.Add(name))
                    see(new RegistryRun(name, Text(Member(node, "user"), "username"), config, TimeOf(Text(node, "heartbeatAt"))));
            }
            var info = Member(connection, "pageInfo") ?? throw Incomplete();
            if (info["hasNextPage"] is not JsonValue more || !more.TryGetValue<bool>(out var hasMore))
                throw Incomplete();
            if (!hasMore)
                return true;
            cursor = Text(info, "endCursor");
            if (edges.Count == 0 || cursor is null || !cursors.Add(cursor))
                break;
        }
        return false;
    }

    /// <summary>What is stored of a run; null when it is not there, or not any more.</summary>
    /// <exception cref="RegistryException"/>
    public async Task<RegistryRunStatus?> GetStatusAsync(string run, CancellationToken cancellation)
    {
        var (data, fault) = await AskAsync(
            """
            query RunResumeStatus($project: String!, $entity: String!, $name: String!) {
              model(name: $project, entityName: $entity) {
                bucket(name: $name, missingOk: true) { id config historyLineCount historyTail }
              }
            }
            """,
            Variables(("name", run)), cancellation);
        var model = Part(data, "model", fault) ?? throw new RegistryException(RegistryFault.NotFound, ProjectMissing);
        if (Part(model, "bucket", fault) is not { } bucket)
            return null;
        var lines = bucket["historyLineCount"] is JsonValue count && count.TryGetValue<int>(out var number) ? number : 0;
        return new RegistryRunStatus(
            Text(bucket, "id") ?? throw Incomplete(), Text(bucket, "config") ?? "{}", lines, HistoryLine.LastStepOf(Text(bucket, "historyTail")));
    }

    /// <summary>Makes a run, or replaces the configuration of one that is there.</summary>
    /// <param name="run">Its id.</param>
    /// <param name="storageId">The service's own id of one that is there.</param>
    /// <param name="displayName">Its label; null leaves it.</param>
    /// <param name="config">The whole configuration: the service keeps nothing of the old one.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The service's own id of it.</returns>
    /// <exception cref="RegistryException"/>
    public async Task<string> UpsertAsync(string run, string? storageId, string? displayName, JsonObject config, CancellationToken cancellation)
    {
        var (data, fault) = await AskAsync(
            """
            mutation UpsertBucket($entity: String!, $project: String!, $name: String!, $id: String, $displayName: String, $config: JSONString) {
              upsertBucket(input: { id: $id, name: $name, modelName: $project, entityName: $entity, displayName: $displayName, config: $config }) {
                bucket { id name }
                inserted
              }
            }
            """,
            Variables(("name", run), ("id", storageId), ("displayName", displayName), ("config", config.ToJsonString())), cancellation);
        return Text(Member(Part(data, "upsertBucket", fault), "bucket"), "id") ?? throw Incomplete();
    }

    /// <summary>Posts to a run's stream: a sign of life, lines of its history, its end.</summary>
    /// <exception cref="RegistryException"/>
    public Task PostAsync(string run, JsonObject post, CancellationToken cancellation) =>
        transport.PostAsync($"files/{Uri.EscapeDataString(settings.Entity)}/{Uri.EscapeDataString(settings.Project)}/{Uri.EscapeDataString(run)}/file_stream", post, cancellation);

    string ProjectMissing => $"the project {settings.Entity}/{settings.Project} is not there, or the key's account may not see it";

    async Task<JsonObject> PageAsync(JsonObject filter, IReadOnlyList<string>? keys, string? cursor, CancellationToken cancellation)
    {
        var config = keys is null ? "config" : $"config(keys: [{string.Join(", ", keys.Select(key => $"\"{key}\""))}])";
        var (data, fault) = await AskAsync(
            $$"""
            query Runs($project: String!, $entity: String!, $filters: JSONString, $order: String, $cursor: String, $perPage: Int) {
              project(name: $project, entityName: $entity) {
                runs(filters: $filters, order: $order, after: $cursor, first: $perPage) {
                  edges { node { name {{config}} heartbeatAt user { username } } }
                  pageInfo { endCursor hasNextPage }
                }
              }
            }
            """,
            // Oldest first: newest-first pages repeat runs while others are made.
            Variables(("filters", filter.ToJsonString()), ("order", "+created_at"), ("cursor", cursor), ("perPage", PageSize)), cancellation);
        // A part that failed could be the run that matters.
        if (fault is not null)
            throw new RegistryException(RegistryFault.Unavailable, fault);
        var project = Member(data, "project") ?? throw new RegistryException(RegistryFault.NotFound, ProjectMissing);
        return Member(project, "runs") ?? throw Incomplete();
    }

    JsonObject Variables(params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var variables = new JsonObject { ["entity"] = settings.Entity, ["project"] = settings.Project };
        foreach (var (name, value) in more)
            variables[name] = value;
        return variables;
    }

    /// <summary>What was answered, and what the service says of parts that failed.</summary>
    async Task<(JsonObject Data, string? Fault)> AskAsync(string query, JsonObject variables, CancellationToken cancellation)
    {
        var answer = await transport.PostAsync("graphql", new JsonObject { ["query"] = query, ["variables"] = variables }, cancellation);
        if (answer["data"] is JsonObject data)
            return (data, RegistryTransport.Words(answer));
        throw new RegistryException(RegistryFault.Unavailable, RegistryTransport.Words(answer) ?? "the answer holds no data");
    }

    static RegistryException Incomplete() => new(RegistryFault.Unavailable, "the answer lacks what was asked for");

    /// <summary>A part of an answer; null when the service says that there is none. Null beside an error says only that it could not look.</summary>
    static JsonObject? Part(JsonNode? node, string name, string? fault) =>
        Member(node, name) ?? (fault is null ? null : throw new RegistryException(RegistryFault.Unavailable, fault));

    static JsonObject? Member(JsonNode? node, string name) => (node as JsonObject)?[name] as JsonObject;

    static string? Text(JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>UTC where no zone is named.</summary>
    static DateTimeOffset TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : DateTimeOffset.MinValue;
}
