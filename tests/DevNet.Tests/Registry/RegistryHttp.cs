using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DevNet.Tests.Registry;

/// <summary>A bare HTTP client: what is sent is what the test wrote.</summary>
sealed class RegistryHttp : IDisposable
{
    readonly HttpClient _http;

    public RegistryHttp(DevRegistry registry, string? key = null)
    {
        _http = new HttpClient { BaseAddress = registry.Endpoint, Timeout = TimeSpan.FromSeconds(20) };
        key ??= DevRegistryAccount.Default.Key;
        if (key.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("api:" + key)));
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> QueryAsync(string query, JsonObject? variables = null)
    {
        var body = new JsonObject { ["query"] = query, ["variables"] = variables ?? [] };
        return await PostAsync("graphql", body.ToJsonString());
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> UpsertAsync(JsonObject input) => await QueryAsync(
        "mutation Upsert($input: UpsertBucketInput!) { upsertBucket(input: $input) { bucket { id name displayName } inserted } }",
        new JsonObject { ["input"] = input });

    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    public static JsonObject Input(string name, string? config = null) => new()
    {
        ["entityName"] = "neuralinternet", ["modelName"] = "opencompute", ["name"] = name, ["config"] = config,
    };

    public void Dispose() => _http.Dispose();
}
