using Bittensor.Keys;
using Bittensor.Subtensor;
using Bittensor.Tests.Substrate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bittensor.Tests.Subtensor;

public class PrometheusTests
{
    /// <summary>The census asks about every validator at every thirtieth block: once for all of them, not once for each.</summary>
    [Fact]
    public async Task GetPrometheus_OfManyHotkeys_IsOneRequest()
    {
        var token = TestContext.Current.CancellationToken;
        await using var chain = await ScriptedChain.StartAsync(RuntimeAge.Current);
        await using var client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Node.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance);
        Hotkey[] hotkeys = [.. Enumerable.Range(0, 64).Select(index => Keypair.FromUri($"//Validator{index}").Hotkey)];
        // The connection and its runtime are asked about once, by whoever comes first.
        await client.GetPrometheusAsync(new Netuid(27), hotkeys[..1], token);
        var methods = new List<string>();
        chain.Before = (_, request) =>
        {
            lock (methods)
                methods.Add(request.GetProperty("method").GetString()!);
            return Task.FromResult(false);
        };
        var found = await client.GetPrometheusAsync(new Netuid(27), hotkeys, token);

        Assert.Empty(found);
        Assert.Equal(["state_queryStorageAt"], methods);
    }
}
