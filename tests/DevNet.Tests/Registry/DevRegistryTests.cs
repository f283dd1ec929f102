using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace DevNet.Tests.Registry;

/// <summary>The registry as its clients see it: every expectation is a fact of the service's own clients and documentation.</summary>
public sealed class DevRegistryTests : IAsyncLifetime
{
    const string RunsQuery = """
        query Runs($project: String!, $entity: String!, $filters: JSONString, $order: String = "+created_at", $cursor: String, $perPage: Int = 50) {
          project(name: $project, entityName: $entity) {
            runCount(filters: $filters)
            runs(filters: $filters, order: $order, after: $cursor, first: $perPage) {
              edges { cursor node { ...Fields } }
              pageInfo { endCursor hasNextPage }
            }
          }
        }
        fragment Fields on Run { id name displayName state config user { username } }
        """;

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    DevRegistry _registry = null!;
    RegistryHttp _http = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await DevRegistry.StartAsync(new DevRegistryOptions
        {
            Time = _time,
            Accounts = [DevRegistryAccount.Default, new DevRegistryAccount("other", new string('2', 40)), new DevRegistryAccount("reader", new string('3', 40), CanWrite: false)],
        });
        _http = new RegistryHttp(_registry);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task Viewer_ByKey_IsTheAccountNobodyOrARefusal()
    {
        const string query = "query Viewer { viewer { id entity username teams { edges { node { name } } } } }";
        using var anonymous = new RegistryHttp(_registry, "");
        using var wrong = new RegistryHttp(_registry, new string('9', 40));

        var mine = await _http.QueryAsync(query);
        var nobody = await anonymous.QueryAsync(query);
        var refused = await wrong.QueryAsync(query);

        Assert.Equal("devminer", (string?)mine.Body["data"]!["viewer"]!["username"]);
        Assert.Equal((HttpStatusCode.OK, null), (nobody.Status, nobody.Body["data"]!["viewer"]));
        Assert.Equal((HttpStatusCode.Unauthorized, "user is not logged in"), (refused.Status, (string?)refused.Body["errors"]![0]!["message"]));
    }

    [Fact]
    public async Task Upsert_OfANewRun_InsertsAndTheSecondReplacesTheWholeConfig()
    {
        var first = await _http.UpsertAsync(RegistryHttp.Input("run00001", """{"a":{"value":1},"b":{"value":2}}"""));
        var second = await _http.UpsertAsync(RegistryHttp.Input("run00001", """{"a":{"value":3}}"""));
        var untouched = await _http.UpsertAsync(RegistryHttp.Input("run00001"));

        Assert.True((bool)first.Body["data"]!["upsertBucket"]!["inserted"]!);
        Assert.False((bool)second.Body["data"]!["upsertBucket"]!["inserted"]!);
        Assert.Equal(HttpStatusCode.OK, untouched.Status);
        Assert.Equal("""{"a":{"value":3}}""", Assert.Single(_registry.Runs).Config);
    }

    [Theory]
    [InlineData("config is no text", """{"entityName":"neuralinternet","modelName":"opencompute","name":"x","config":{"a":1}}""", HttpStatusCode.BadRequest)]
    [InlineData("config is no JSON", """{"entityName":"neuralinternet","modelName":"opencompute","name":"x","config":"{"}""", HttpStatusCode.BadRequest)]
    [InlineData("unknown key", """{"entityName":"neuralinternet","modelName":"opencompute","name":"x","colour":"red"}""", HttpStatusCode.BadRequest)]
    [InlineData("name is no text", """{"entityName":"neuralinternet","modelName":"opencompute","name":7}""", HttpStatusCode.BadRequest)]
    [InlineData("forbidden name", """{"entityName":"neuralinternet","modelName":"opencompute","name":"a/b"}""", HttpStatusCode.BadRequest)]
    [InlineData("no such entity", """{"entityName":"nobody","modelName":"opencompute","name":"x"}""", HttpStatusCode.NotFound)]
    public async Task Upsert_ThatIsWrong_IsRefusedAndStoresNothing(string what, string input, HttpStatusCode status)
    {
        var answer = await _http.UpsertAsync((JsonObject)JsonNode.Parse(input)!);

        Assert.True(status == answer.Status, $"{what}: {answer.Status} {answer.Body}");
        Assert.Null(answer.Body["data"]!["upsertBucket"]);
        Assert.Empty(_registry.Runs);
    }

    [Theory]
    [InlineData('2', HttpStatusCode.Forbidden, "permission denied")]
    [InlineData('3', HttpStatusCode.Forbidden, "permission denied")]
    public async Task Upsert_OfAStrangersRun_IsForbidden(char key, HttpStatusCode status, string message)
    {
        await _http.UpsertAsync(RegistryHttp.Input("run00001", "{}"));
        using var stranger = new RegistryHttp(_registry, new string(key, 40));

        var answer = await stranger.UpsertAsync(RegistryHttp.Input("run00001", """{"a":{"value":1}}"""));
        var post = await stranger.PostAsync("files/neuralinternet/opencompute/run00001/file_stream", "{}");

        Assert.Equal((status, message), (answer.Status, (string?)answer.Body["errors"]![0]!["message"]));
        Assert.Equal("PERMISSION_ERROR", (string?)answer.Body["errors"]![0]!["extensions"]!["code"]);
        Assert.Equal("upsertBucket", (string?)answer.Body["errors"]![0]!["path"]![0]);
        Assert.Equal(status, post.Status);
        Assert.Equal("{}", Assert.Single(_registry.Runs).Config);
    }

    [Fact]
    public async Task Delete_OfARun_BurnsItsNameAndEndsItsStream()
    {
        var made = await _http.UpsertAsync(RegistryHttp.Input("run00001", "{}"));
        var deleted = await _http.QueryAsync(
            "mutation Delete($id: ID!) { deleteRun(input: {id: $id, deleteArtifacts: true}) { clientMutationId } }",
            new JsonObject { ["id"] = (string)made.Body["data"]!["upsertBucket"]!["bucket"]!["id"]! });

        var again = await _http.UpsertAsync(RegistryHttp.Input("run00001", "{}"));
        var post = await _http.PostAsync("files/neuralinternet/opencompute/run00001/file_stream", "{}");

        Assert.Equal(HttpStatusCode.OK, deleted.Status);
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Contains("previously created and deleted", (string)again.Body["errors"]![0]!["message"]!);
        Assert.Equal(HttpStatusCode.NotFound, post.Status);
    }

    [Fact]
    public async Task Run_ThatFallsSilent_CrashesAfterFiveMinutesAndAPostRevivesIt()
    {
        const string stream = "files/neuralinternet/opencompute/run00001/file_stream";
        await _http.UpsertAsync(RegistryHttp.Input("run00001", "{}"));
        _time.Advance(TimeSpan.FromMinutes(4.9));
        var alive = _registry.Runs[0].State;
        _time.Advance(TimeSpan.FromMinutes(0.2));
        var silent = _registry.Runs[0].State;
        await _http.PostAsync(stream, "{}");
        var revived = _registry.Runs[0].State;
        await _http.PostAsync(stream, """{"complete":true,"exitcode":0}""");
        var finished = _registry.Runs[0].State;
        await _http.PostAsync(stream, """{"complete":true,"exitcode":1}""");

        Assert.Equal(("running", "crashed", "running", "finished", "failed"), (alive, silent, revived, finished, _registry.Runs[0].State));
    }

    [Fact]
    public async Task FileStream_RepeatedAtTheSameOffset_LeavesTheLinesOnce()
    {
        const string stream = "files/neuralinternet/opencompute/run00001/file_stream";
        const string lines = """{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"Block\":1,\"_step\":0}","{\"Block\":2,\"_step\":1}"]},"wandb-summary.json":{"offset":0,"content":["{\"Block\":2}"]}}}""";
        await _http.UpsertAsync(RegistryHttp.Input("run00001", "{}"));

        await _http.PostAsync(stream, lines);
        await _http.PostAsync(stream, lines);
        var status = await _http.QueryAsync("""
            query { model(name: "opencompute", entityName: "neuralinternet") { bucket(name: "run00001", missingOk: true) { historyLineCount historyTail summaryMetrics wandbConfig(keys: ["t"]) } } }
            """);

        var bucket = status.Body["data"]!["model"]!["bucket"]!;
        Assert.Equal(2, (int)bucket["historyLineCount"]!);
        var tail = (JsonArray)JsonNode.Parse((string)bucket["historyTail"]!)!;
        Assert.Equal(2, (int)JsonNode.Parse((string)tail[1]!)!["Block"]!);
        Assert.Equal("""{"Block":2}""", (string?)bucket["summaryMetrics"]);
        Assert.Equal("{}", (string?)bucket["wandbConfig"]);
    }

    [Fact]
    public async Task Runs_OfMany_ComeInPagesOldestFirst()
    {
        for (var i = 0; i < 120; i++)
            _registry.Put("validator", $"run{i:00000}", "validator", """{"role":{"value":"validator"}}""");
        var names = new List<string>();
        string? cursor = null;
        JsonNode page;
        do
        {
            page = await RunsAsync("""{"config.role":"validator"}""", cursor);
            names.AddRange(page["edges"]!.AsArray().Select(e => (string)e!["node"]!["name"]!));
            cursor = (string?)page["pageInfo"]!["endCursor"];
        }
        while ((bool)page["pageInfo"]!["hasNextPage"]!);

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"run{i:00000}"), names);
    }

    /// <summary>The filters validators and their API send, and the operators the service documents.</summary>
    [Theory]
    [InlineData("""{"$and":[{"config.role":"miner"},{"config.config.netuid":27},{"state":"running"}]}""", "free rented")]
    [InlineData("""{"config.config.netuid":"27"}""", "")]
    [InlineData("""{"$and":[{"config.config.netuid":27},{"display_name":"miner-free"}]}""", "free")]
    [InlineData("""{"$or":[{"config.allocated":{"$regex":"null"}},{"config.allocated":{"$exists":false}}]}""", "free validat")]
    [InlineData("""{"config.allocated":{"$regex":"\\d.*"}}""", "rented")]
    [InlineData("""{"config.allocated_hotkeys":{"$exists":true}}""", "validat")]
    [InlineData("""{"config.role":{"$in":["validator","x"]}}""", "validat")]
    [InlineData("""{"config.role":{"$nin":["validator","x"]}}""", "free rented")]
    [InlineData("""{"config.version":{"$gt":189,"$lte":190}}""", "free")]
    [InlineData("""{"config.version":{"$ne":190}}""", "rented validat")]
    [InlineData("""{"$nor":[{"config.role":"miner"}]}""", "validat")]
    [InlineData("""{"config.role":{"$eq":"miner"}}""", "free rented")]
    [InlineData("{}", "free rented validat")]
    public async Task Runs_ByFilter_AreThoseThatMatch(string filter, string expected)
    {
        _registry.Put("a", "free", "miner-free", Config("miner", ""","allocated":{"value":null},"version":{"value":190}"""));
        _registry.Put("a", "rented", "miner-rented", Config("miner", ""","allocated":{"value":"5F3sa2TJ"},"version":{"value":189}"""));
        _registry.Put("a", "validat", "validator-x", Config("validator", ""","allocated_hotkeys":{"value":[]}"""));

        var page = await RunsAsync(filter, null);

        Assert.Equal(expected, string.Join(' ', page["edges"]!.AsArray().Select(e => (string?)e!["node"]!["name"])));

        static string Config(string role, string more) => $$$"""{"role":{"value":"{{{role}}}"},"config":{"value":{"netuid":27}}{{{more}}}}""";
    }

    [Theory]
    [InlineData("query { viewer { password } }", "Cannot query field")]
    [InlineData("query { viewer }", "must have a selection")]
    [InlineData("query { viewer { username { x } } }", "must not have a selection")]
    [InlineData("query { viewer { username }", "Syntax Error")]
    [InlineData("query ($a: String!) { viewer { username } }", "was not provided")]
    [InlineData("query { ...F } fragment F on Query { ...F }", "circle")]
    [InlineData("query { project(name: \"opencompute\", entityName: \"neuralinternet\") { runs(filters: \"{\\\"$where\\\":1}\") { edges { cursor } } } }", null)]
    public async Task Query_ThatIsWrong_SaysWhy(string query, string? message)
    {
        _registry.Put("a", "run00001", "x", "{}");

        var answer = await _http.QueryAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(message ?? "unknown operator $where", (string)answer.Body["errors"]![0]!["message"]!);
    }

    [Fact]
    public async Task Query_OfWhatIsNotThere_GivesNull()
    {
        var project = await _http.QueryAsync("""query { project(name: "other", entityName: "neuralinternet") { runCount } }""");
        var run = await _http.QueryAsync("""query { it: project(name: "opencompute", entityName: "neuralinternet") { run(name: "none") { id } __typename } }""");

        Assert.Null(project.Body["data"]!["project"]);
        Assert.Null(run.Body["data"]!["it"]!["run"]);
        Assert.Equal("Project", (string?)run.Body["data"]!["it"]!["__typename"]);
    }

    async Task<JsonNode> RunsAsync(string filter, string? cursor)
    {
        var answer = await _http.QueryAsync(
            RunsQuery, new JsonObject { ["project"] = "opencompute", ["entity"] = "neuralinternet", ["filters"] = filter, ["cursor"] = cursor });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Body["data"]!["project"]!["runs"]!;
    }
}
