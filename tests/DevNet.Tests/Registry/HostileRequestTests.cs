using System.Net;
using System.Text.Json.Nodes;

namespace DevNet.Tests.Registry;

/// <summary>Requests that no client of the service sends, from anybody on this machine.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    const string Stream = "files/neuralinternet/opencompute/run00001/file_stream";

    DevRegistry _registry = null!;
    RegistryHttp _http = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await DevRegistry.StartAsync(new DevRegistryOptions(), TestContext.Current.CancellationToken);
        _http = new RegistryHttp(_registry);
        await _http.UpsertAsync(RegistryHttp.Input("run00001"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _registry.DisposeAsync();
    }

    public static TheoryData<string> Bombs =>
    [
        "{viewer{...f0}} " + string.Concat(Enumerable.Range(0, 28).Select(i => $"fragment f{i} on Q{{...f{i + 1} ...f{i + 1}}}")) + "fragment f28 on Q{username}",
        "{viewer(a:" + new string('[', 1_000_000),
        "{viewer(a:" + string.Concat(Enumerable.Repeat("{a:", 300_000)),
        "query($a:" + new string('[', 1_000_000),
        string.Concat(Enumerable.Repeat("{a", 300_000)),
    ];

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Query_ThatUnfoldsOrNestsWithoutEnd_IsRefused(string query)
    {
        var (status, body) = await _http.QueryAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty((string)body["errors"]![0]!["message"]!);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Body_ThatIsNoJson_IsRefused(string type)
    {
        var (status, _) = await _http.PostAsync("graphql", """{"query":"{viewer{username}}"}""", type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
    }

    [Theory]
    [InlineData("""{"files":{"wandb-history.jsonl":{"offset":0,"content":["{}"]},"unknown":{"offset":0,"content":[]}}}""")]
    [InlineData("""{"files":{"wandb-history.jsonl":{"offset":0,"content":["{}","no"]}}}""")]
    [InlineData("""{"files":{"wandb-history.jsonl":{"offset":0,"content":["{}"]}},"complete":true,"exitcode":"0"}""")]
    [InlineData("""{"files":{"wandb-history.jsonl":{"offset":0,"content":["{}"],"content":["{}"]}}}""")]
    public async Task Post_ThatIsRefused_HadNoEffect(string post)
    {
        var (status, body) = await _http.PostAsync(Stream, post);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(body["errors"]);
        var run = Assert.Single(_registry.Runs);
        Assert.Empty(run.History);
        Assert.Equal("running", run.State);
        Assert.Equal(HttpStatusCode.OK, (await _http.PostAsync(Stream, new JsonObject().ToJsonString())).Status);
    }
}
