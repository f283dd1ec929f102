using System.Text.Json.Nodes;
using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

public sealed class RegistryOutboxTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly TemporaryDirectory _directory = new();
    readonly List<string> _complaints = [];

    public void Dispose() => _directory.Dispose();

    /// <summary>A post takes its time; what is added meanwhile is in none.</summary>
    [Fact]
    public void Confirm_AfterLinesWereAddedToAFullQueue_KeepsThose()
    {
        var outbox = Open();
        Use(outbox, "abcd1234");
        for (var i = 0; i < RegistryOutbox.MostLines; i++)
            outbox.Add(Line(i), Now);
        var sent = outbox.State;
        outbox.Add(Line(1000), Now);
        outbox.Add(Line(1001), Now);
        outbox.Confirm(sent);

        Assert.Equal([1000, 1001], outbox.State.Pending.Select(Block));
        Assert.Equal((RegistryOutbox.MostLines, 0L), (outbox.State.HistoryOffset, outbox.State.Dropped));
    }

    [Fact]
    public void Add_BeforeTheRunIsKnown_CountsItsTimeFromTheRunsBeginning()
    {
        var outbox = Open();
        outbox.Add(Line(1), Now);
        outbox.Add(Line(2), Now.AddMinutes(15));
        var runtimes = outbox.State.Pending.Select(Runtime).ToList();
        Use(outbox, "abcd1234");
        outbox.Add(Line(3), Now.AddMinutes(20));

        Assert.Equal([0.0, 0.0], runtimes);
        Assert.Equal([0.0, 900.0, 1200.0], outbox.State.Pending.Select(Runtime));
        Assert.Equal([0L, 1L, 2L], outbox.State.Pending.Select(Step));
    }

    [Fact]
    public void UseRun_WithLinesOfAnother_LetsStepsRiseInTheNewOne()
    {
        var outbox = Open();
        Use(outbox, "abcd1234");
        outbox.Add(Line(1), Now);
        outbox.Confirm(outbox.State);
        outbox.Add(Line(2), Now);
        Use(outbox, "efgh5678");
        outbox.Add(Line(3), Now);

        Assert.Equal([(2, 0L), (3, 1L)], outbox.State.Pending.Select(line => (Block(line), Step(line))));
        Assert.Equal(0, outbox.State.HistoryOffset);
    }

    /// <summary>A run found again by its signature has a history of its own, which is not written over.</summary>
    [Fact]
    public void Resume_OfARunThatWasFound_GoesOnBehindItsHistory()
    {
        var outbox = Open();
        outbox.Add(Line(1), Now);
        outbox.Add(Line(2), Now);
        outbox.Add(Line(3), Now);
        Use(outbox, "abcd1234");
        outbox.Resume(new RegistryRunStatus("storage", "{}", 2, 41), isKept: false);

        Assert.Equal(2, outbox.State.HistoryOffset);
        Assert.Equal([42L, 43L, 44L], outbox.State.Pending.Select(Step));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 3)]
    public void Resume_OfTheKeptRun_RepeatsWhatWasNotConfirmed(int stored, int offset)
    {
        var outbox = Open();
        Use(outbox, "abcd1234");
        outbox.Add(Line(1), Now);
        outbox.Add(Line(2), Now);
        outbox.Resume(new RegistryRunStatus("storage", "{}", stored, stored - 1), isKept: true);

        Assert.Equal(offset, outbox.State.HistoryOffset);
        Assert.Equal([offset + 0L, offset + 1L], outbox.State.Pending.Select(Step));
    }

    [Fact]
    public void Open_AfterAKillAtAnyLine_HasEveryLineThatWasAdded()
    {
        for (var i = 0; i < 5; i++)
            Open().Add(Line(i), Now);

        Assert.Equal([0, 1, 2, 3, 4], Open().State.Pending.Select(Block));
    }

    /// <summary>What the disk did to the file costs a search for the run, never the program or a run that nobody can verify.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\0\0\0\0")]
    [InlineData("""{"hotkey":null}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":7}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1234"}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1234","signature":"00"}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1235","signature":"SIGNATURE"}""")]
    [InlineData("""{"hotkey":"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY","runId":"abcd1234","signature":"SIGNATURE"}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1234","signature":"SIGNATURE","historyOffset":-1}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1234","signature":"SIGNATURE","historyOffset":99999999999}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abcd1234","signature":"SIGNATURE","pending":[null]}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"\ud800"}""")]
    public void Open_OfADamagedFile_StartsFromNothing(string text)
    {
        Write(text);

        var state = Open().State;
        Assert.Equal((RegistryBench.Miner.Hotkey.ToString(), null, 0), (state.Hotkey, state.RunId, state.Pending.Length));
    }

    [Fact]
    public void Open_OfASoundFile_IsWhatWasKept()
    {
        Write("""{"hotkey":"HOTKEY","runId":"abcd1234","signature":"SIGNATURE","historyOffset":3}""");

        Assert.Equal(("abcd1234", 3), (Open().State.RunId, Open().State.HistoryOffset));
    }

    /// <summary>A full disk: it is said, and everything goes on from memory.</summary>
    [Fact]
    public void Add_WhereNothingCanBeWritten_IsKeptInMemoryAndSaid()
    {
        var outbox = Open();
        // Not even root writes below a file.
        Directory.CreateDirectory(Path.Combine(_directory.Path, RegistryStateFile.FileName + ".new"));
        outbox.Add(Line(1), Now);
        outbox.Add(Line(2), Now);

        Assert.Equal([1, 2], outbox.State.Pending.Select(Block));
        Assert.NotEmpty(_complaints);
    }

    RegistryOutbox Open() => new(new RegistryStateFile(_directory.Path, RegistryBench.Miner.Hotkey), _complaints.Add);

    static void Use(RegistryOutbox outbox, string run) => outbox.UseRun(run, RunSignature.Sign(RegistryBench.Miner, run), Now);

    void Write(string text) => File.WriteAllText(Path.Combine(_directory.Path, RegistryStateFile.FileName), text
        .Replace("HOTKEY", RegistryBench.Miner.Hotkey.ToString(), StringComparison.Ordinal)
        .Replace("SIGNATURE", RunSignature.Sign(RegistryBench.Miner, "abcd1234"), StringComparison.Ordinal));

    static JsonObject Line(int block) => new() { ["Block"] = block };

    static int Block(string line) => (int)JsonNode.Parse(line)!["Block"]!;

    static long Step(string line) => (long)JsonNode.Parse(line)!["_step"]!;

    static double Runtime(string line) => (double)JsonNode.Parse(line)!["_runtime"]!;
}
