using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace DevNet.Tests.Registry;

public sealed class DevRegistryFaultTests : IAsyncLifetime
{
    const string Viewer = "query { viewer { username } }";

    readonly FakeTimeProvider _time = new();
    DevRegistry _registry = null!;
    RegistryHttp _http = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await DevRegistry.StartAsync(new DevRegistryOptions { Time = _time, RateLimit = 3 });
        _http = new RegistryHttp(_registry);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task Next_WithAnAnswer_IsGivenOnceAndOnlyToItsOperation()
    {
        _registry.Faults.Next(DevRegistryOperation.Viewer, DevRegistryFault.Internal);

        var upsert = await _http.UpsertAsync(RegistryHttp.Input("run00001"));
        var broken = await _http.QueryAsync(Viewer);
        var whole = await _http.QueryAsync(Viewer);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.InternalServerError, HttpStatusCode.OK), (upsert.Status, broken.Status, whole.Status));
    }

    [Fact]
    public async Task LostAnswer_OfAnUpsert_HadItsEffectAndResetHadNone()
    {
        _registry.Faults.Next(DevRegistryOperation.Upsert, DevRegistryFault.Reset);
        _registry.Faults.Next(DevRegistryOperation.Upsert, DevRegistryFault.LostAnswer);

        await Assert.ThrowsAsync<HttpRequestException>(() => _http.UpsertAsync(RegistryHttp.Input("before01")));
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.UpsertAsync(RegistryHttp.Input("after001")));

        Assert.Equal("after001", Assert.Single(_registry.Runs).Name);
    }

    [Fact]
    public async Task Hang_UntilCleared_KeepsTheRequestWaiting()
    {
        _registry.Faults.Always(null, DevRegistryFault.Hang);

        var waiting = _http.QueryAsync(Viewer);
        await WhenSeenAsync(1);
        var answeredEarly = waiting.IsCompleted;
        _registry.Faults.Clear();

        Assert.False(answeredEarly);
        await Assert.ThrowsAsync<HttpRequestException>(() => waiting);
        Assert.Equal(HttpStatusCode.OK, (await _http.QueryAsync(Viewer)).Status);
    }

    [Fact]
    public async Task Truncated_Answer_IsNoJson()
    {
        _registry.Faults.Next(null, DevRegistryFault.Truncated);

        await Assert.ThrowsAnyAsync<JsonException>(() => _http.QueryAsync(Viewer));
    }

    [Fact]
    public async Task RateLimit_WhenUsedUp_Answers429UntilTheNextWindow()
    {
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
            answers.Add((await _http.QueryAsync(Viewer)).Status);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers);
        Assert.Equal(HttpStatusCode.OK, (await _http.QueryAsync(Viewer)).Status);
    }

    [Fact]
    public async Task StopListening_AndResume_KeepsThePortAndTheRuns()
    {
        await _http.UpsertAsync(RegistryHttp.Input("run00001"));
        await _registry.StopListeningAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.QueryAsync(Viewer));
        await _registry.ResumeListeningAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, (await _http.QueryAsync(Viewer)).Status);
        Assert.Single(_registry.Runs);
    }

    async Task WhenSeenAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (_registry.Requests.Count < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
