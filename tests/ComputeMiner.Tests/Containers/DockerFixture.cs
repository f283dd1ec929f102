using System.Security.Cryptography;
using System.Text;
using ComputeMiner.Containers;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Containers;

/// <summary>
/// A Docker engine under names of its own, so that tests run beside a live miner, and the image for renters, which the machine keeps.
/// Everything else of this instance is removed before and after.
/// </summary>
public sealed class DockerFixture : IAsyncLifetime
{
    /// <summary>The same at every run of one checkout, so that what a killed run left is found; another one for each checkout on this machine.</summary>
    internal static string Instance { get; } =
        $"computeminer-tests-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Checkout.Root)))[..8]}";

    internal ContainerOptions Settings { get; } = new()
    {
        Instance = Instance,
        NamePrefix = $"{Instance}-",
        Network = Instance,
        SshPort = FreePort.Next(),
    };

    internal DockerEngine Engine { get; private set; } = null!;

    internal PreparedImage Image { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Engine = new DockerEngine(Settings, TimeProvider.System, NullLoggerFactory.Instance);
        await RemoveAllAsync();
        await RemoveProbesAsync();
        Image = await Engine.PrepareImageAsync(null, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAllAsync();
        await Engine.RemoveNetworkAsync(CancellationToken.None);
        Engine.Dispose();
    }

    // Miners of tests that kill them never start again to do it. One that is older than this belongs to nobody any more.
    static async Task RemoveProbesAsync()
    {
        var probes = await HostCommand.RunAsync("docker",
            ["ps", "-a", "--filter", $"name={Instance}-", "--filter", $"label={ContainerLabels.KindKey}={ContainerLabels.ProbeKind}", "--format", "{{.ID}} {{.RunningFor}}"]);
        foreach (var probe in probes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("hour", StringComparison.Ordinal) || line.Contains("minutes", StringComparison.Ordinal)))
            await HostCommand.TryRunAsync("docker", ["rm", "-f", probe.Split(' ')[0]]);
    }

    internal async Task RemoveAllAsync()
    {
        foreach (var each in await Engine.ListAsync(CancellationToken.None))
            await Engine.RemoveAsync(each.Id, CancellationToken.None);
    }
}
