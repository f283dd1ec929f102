using System.Text.Json.Nodes;
using Bittensor.Keys;
using ComputeMiner.Allocations;
using ComputeMiner.Cli;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Tests.EndToEnd;

namespace ComputeMiner.Tests.Cli;

/// <summary>The real program on this machine.</summary>
[Trait("Needs", "Docker")]
public sealed class SpecsCommandTests : IDisposable
{
    readonly string _state = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "specs-" + Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task RunAsync_FreeMachine_PrintsWhatThisMachineIsAndKeepsNothing()
    {
        var (code, output, _) = await RunAsync("--json");

        Assert.Equal(ExitCode.Good, code);
        var document = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(["cpu", "gpu", "hard_disk", "ram", "has_docker"], document.Select(part => part.Key));
        Assert.True((bool)document["has_docker"]!);
        var disk = (await HostCommand.RunAsync("stat", ["-f", "-c", "%S %b", "/"])).Trim().Split(' ').Select(long.Parse).ToArray();
        Assert.Equal(disk[0] * disk[1], (long)document["hard_disk"]!["total"]!);
        var df = (await HostCommand.RunAsync("df", ["-B1", "--output=avail,used", "/"])).Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange((long)document["hard_disk"]!["free"]! - long.Parse(df[0]), -(4L << 30), 4L << 30);
        Assert.InRange((long)document["hard_disk"]!["used"]! - long.Parse(df[1]), -(4L << 30), 4L << 30);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_state));
        await HostCommand.RunAsync("python3", [Path.Combine(Checkout.Root, "tests", "ComputeMiner.Tests", "Specs", "validator_reads.py")], output);
    }

    [Fact]
    public async Task RunAsync_WhileRented_ShowsTheLastGoodGpusAndSaysSo()
    {
        var detail = new GpuDetail("NVIDIA H200", 143771);
        var document = new SpecsDocument(
            new CpuSpecs(1, 1), new GpuSpecs(2, 287542, [detail, detail], 1980, 2619), new DiskSpecs(1, 1, 1, 11.5, 12.5), new RamSpecs(1, 1, 1, 1, 0, 0, 0, 1, 2), false);
        new SpecsFile(_state).Write(new SpecsState(document, DateTimeOffset.UnixEpoch, []));
        using (var ledger = AllocationLedger.Open(_state))
        {
            using var key = Keypair.FromUri("//Validator");
            ledger.Write(new Allocation("0123456789abcdef", AllocationKind.Rental, AllocationState.Running, "owner", key.Hotkey, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1), null));
        }

        var (code, output, errors) = await RunAsync("--container.docker", "unix:///nonexistent/docker.sock");

        Assert.Equal(ExitCode.Good, code);
        Assert.Matches(@"(?m)^gpu\.count +2$", output);
        Assert.Matches(@"(?m)^gpu\.details\[1\]\.name +""NVIDIA H200""$", output);
        Assert.Matches(@"(?m)^hard_disk\.write_speed +11\.5 MiB/s$", output);
        Assert.Matches(@"(?m)^has_docker +false$", output);
        Assert.DoesNotMatch(@"(?m)^ram\.total +1 bytes$", output);
        Assert.Contains("Somebody has the machine", errors, StringComparison.Ordinal);
        Assert.Contains("gpu: no GPU found, 2 NVIDIA H200 published", errors, StringComparison.Ordinal);
        Assert.Contains("has_docker: ", errors, StringComparison.Ordinal);
    }

    Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        MinerProcess.RunAsync(["specs", "--state.dir", _state, .. arguments]);
}
