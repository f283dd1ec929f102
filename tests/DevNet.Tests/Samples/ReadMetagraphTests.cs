using System.Diagnostics;
using System.Net;
using Bittensor.Keys;
using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevNet.Tests.Samples;

/// <summary>The sample of the package's README, run as a program.</summary>
public sealed class ReadMetagraphTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AgainstAChainWithAServingNeuron_PrintsIt()
    {
        await using var chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(100) }, Cancellation);
        using var hotkey = Keypair.FromUri("//Miner");
        var netuid = new Netuid(27);
        chain.RegisterNeuron(netuid, new Hotkey(DevAccounts.Bob), new Coldkey(DevAccounts.Bob));
        var uid = chain.RegisterNeuron(netuid, hotkey.Hotkey, new Coldkey(DevAccounts.Alice));
        chain.SetStake(netuid, hotkey.Hotkey, 1_234_000_000_000);
        await using (var client = new SubtensorClient(
            new SubtensorOptions { Endpoints = [chain.Endpoint] }, TimeProvider.System, NullLogger<SubtensorClient>.Instance))
        {
            await client.ServeAxonAsync(netuid, new ServeAxonCall(190, IPAddress.Parse("203.0.113.10"), 8091), hotkey, Cancellation);
        }

        var start = new ProcessStartInfo(Program(), [chain.Endpoint.ToString()]) { RedirectStandardOutput = true };
        using var sample = Process.Start(start)!;
        var output = await sample.StandardOutput.ReadToEndAsync(Cancellation);
        await sample.WaitForExitAsync(Cancellation);

        Assert.Equal(0, sample.ExitCode);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^Subnet 27 at block \d+: 2 neurons$", lines[0]);
        Assert.Equal([$"{uid.Value} {hotkey.Hotkey} 1234 203.0.113.10:8091"], lines[1..]);
    }

    [Fact]
    public void Readme_OfThePackage_HoldsTheSampleAsItIs()
    {
        var root = Root();
        var sample = File.ReadAllText(Path.Combine(root, "samples", "ReadMetagraph", "Program.cs"));

        Assert.Contains($"```csharp\n{sample}```\n", File.ReadAllText(Path.Combine(root, "src", "Bittensor", "README.md")), StringComparison.Ordinal);
        Assert.InRange(sample.Split('\n').Count(line => line.Length > 0), 1, 10);
    }

    static string Program() => Path.Combine(Root(), "artifacts", "bin", "ReadMetagraph", "release", "ReadMetagraph");

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ComputeMiner.slnx")))
            directory = directory.Parent;
        return directory!.FullName;
    }
}
