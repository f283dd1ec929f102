using System.Text.Json;
using ComputeMiner.Drill;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The drill as an operator runs it: the whole program, real Docker, real SSH, a real SIGKILL at each point.</summary>
[Trait("Needs", "Docker")]
public sealed class DrillTests
{
    static readonly string[] Mishaps =
    [
        "StateLost: while Rented", "StateFull: while Rented", "StateReadOnly: while Rented", "DockerStopped: while Rented", "DockerKilled: while Rented",
        "DockerKilledAllocating: while Allocating",
    ];

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Drill_EveryPoint_DiesThereAndLosesNothing()
    {
        var (exitCode, output, errors) = await MinerProcess.RunAsync(["drill", "--json"], patience: Patience);

        var records = Read(output);
        Assert.All(records, record => Assert.True(record.GetProperty("ok").GetBoolean(), record.ToString()));
        Assert.Equal([.. DrillPoint.Distinct.Select(point => point.ToString()), .. Mishaps], records.Select(Name));
        Assert.True(exitCode == 0, errors);
    }

    [Fact]
    public async Task Drill_List_PrintsEveryPoint()
    {
        var (exitCode, output, _) = await MinerProcess.RunAsync(["drill", "--list", "--json"]);

        Assert.Equal(0, exitCode);
        Assert.Equal([.. DrillPoint.All.Select(point => point.ToString()), .. Mishaps], Read(output).Select(Name));
    }

    static List<JsonElement> Read(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    static string Name(JsonElement record) =>
        $"{record.GetProperty("deed").GetString()}: {record.GetProperty("side").GetString()} {record.GetProperty("step").GetString()}";
}
