using System.Diagnostics;

namespace DevNet.Tests.Samples;

/// <summary>The sample of the package's README, run as a program.</summary>
public sealed class ReadMetagraphTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AgainstAChainWithAServingNeuron_PrintsIt()
    {
        await using var neuron = await ServingNeuron.StartAsync(Cancellation);

        var start = new ProcessStartInfo(Program(), [neuron.Chain.Endpoint.ToString()]) { RedirectStandardOutput = true };
        using var sample = Process.Start(start)!;
        var output = await sample.StandardOutput.ReadToEndAsync(Cancellation);
        await sample.WaitForExitAsync(Cancellation);

        Assert.Equal(0, sample.ExitCode);
        neuron.AssertPrinted(output);
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

    internal static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "ComputeMiner.slnx")))
            directory = directory.Parent;
        return directory!.FullName;
    }
}
