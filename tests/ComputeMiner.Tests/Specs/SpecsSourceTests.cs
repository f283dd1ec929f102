using System.Text.Json.Nodes;
using ComputeMiner.Gpus;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Containers;
using ComputeMiner.Tests.Gpus;

namespace ComputeMiner.Tests.Specs;

/// <summary>The document over a machine's life: what validators can read of it, and what no fault of the machine does to it.</summary>
public sealed class SpecsSourceTests
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static TheoryData<string, string[], string> Machines => new()
    {
        { "one", SpecsMachine.Cards(1, "NVIDIA H100 80GB HBM3", 81559, "345|2619"), "NVIDIA H100 80GB HBM3; 79.6474609375; 345; 2619" },
        { "four", SpecsMachine.Cards(4, "NVIDIA GeForce RTX 4090", 24564, "210|405", "plain"), "NVIDIA GeForce RTX 4090; 95.953125; 210; 405" },
        { "eight", SpecsMachine.Cards(8), "NVIDIA H200; 1123.2109375; 1980; 2619" },
        // The driver tells the whole card also when it is cut into parts, and the gate holds it back; clocks of some cards are not told.
        { "MIG", SpecsMachine.Cards(1, "NVIDIA A100-SXM4-80GB", 81920, "[N/A]|[N/A]", "mig"), "NVIDIA A100-SXM4-80GB; 80.0; 0; 0" },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task RefreshAsync_Gpus_AreWhatValidatorsRead(string kind, string[] cards, string shown)
    {
        foreach (var byLibrary in new[] { true, false })
        {
            using var machine = await SpecsMachine.MakeAsync(cards);
            if (!byLibrary)
                machine.Inventory = new GpuInventory("libno-such-nvml.so.1", machine.Gpus!.Program);
            using var source = machine.Open();

            var document = await SpecsMachine.RefreshAsync(source);

            Assert.NotNull(document);
            var read = await ReadAsValidatorAsync(document);
            Assert.True(read.EndsWith($"{shown}; docker", StringComparison.Ordinal), $"{kind}: {read}");
            Assert.StartsWith("16; 8.0; 16; ", read, StringComparison.Ordinal);
            Assert.Equal(cards.Length, (int?)document["gpu"]!["count"]);
            Assert.Empty(source.Status.Kept);
            Assert.True((double)document["hard_disk"]!["write_speed"]! > 0 && (double)document["ram"]!["read_speed"]! > 0);
        }
    }

    [Fact]
    public async Task RefreshAsync_NoDriver_IsAMachineWithoutGpu()
    {
        using var machine = SpecsMachine.WithoutDriver();
        // A card of another maker.
        machine.Machine.Write("sys/class/drm/card0/device/vendor", "0x1002\n");
        machine.DockerWorks = false;
        using var source = machine.Open();

        var document = await SpecsMachine.RefreshAsync(source);

        Assert.Equal("""{"count":0,"capacity":0,"details":[]}""", document!["gpu"]!.ToJsonString());
        Assert.EndsWith("no docker", await ReadAsValidatorAsync(document), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("library fails")]
    [InlineData("library loses its driver")]
    [InlineData("program fails")]
    [InlineData("program tells garbage")]
    [InlineData("program hangs")]
    [InlineData("one card is lost")]
    public async Task RefreshAsync_DriverBreaks_PublishesWhatWasGoodUntilItIsSure(string how)
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(4));
        using var source = machine.Open(how == "program hangs" ? TimeSpan.FromSeconds(1.5) : null);
        machine.RealTime = TimeProvider.System;
        using var hanging = machine.Open(TimeSpan.FromSeconds(1.5));
        var tested = how == "program hangs" ? hanging : source;
        machine.Inventory = new GpuInventory("libno-such-nvml.so.1", machine.Gpus!.Program);
        await PatientlyAsync(tested, 4);
        await BreakAsync(machine, how);

        machine.Rented = true;
        for (var i = 0; i < 4; i++)
            Assert.Equal(4, Count(await SpecsMachine.RefreshAsync(tested)));
        var reason = Assert.Single(tested.Status.Kept, part => part.Name == "gpu" && part.IsFault).Reason;
        Assert.Contains(how switch
        {
            "library fails" => "999",
            "program fails" => "ended with 18",
            "program hangs" => reason.Contains("still hangs", StringComparison.Ordinal) ? "before" : "within 2 s",
            "one card is lost" => "3 NVIDIA H200 found",
            _ => "no GPU found",
        }, reason, StringComparison.Ordinal);
        machine.Rented = false;

        Assert.Equal(how == "one card is lost" ? 3 : 0, Count(await SpecsMachine.RefreshAsync(tested)));
        Assert.NotEqual("", await ReadAsValidatorAsync(tested.Current!));
    }

    [Fact]
    public async Task Open_AfterARestart_HasTheDocumentAtOnceAndKeepsItForTheRenter()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(8));
        string before;
        using (var first = machine.Open())
            before = (await SpecsMachine.RefreshAsync(first))!.ToJsonString();
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(machine.State, SpecsFile.FileName)));
        Assert.Equal([SpecsFile.FileName], Directory.GetFiles(machine.State).Select(Path.GetFileName));

        machine.Rented = true;
        machine.Gpus!.Set("error 999");
        using var second = machine.Open();
        Assert.Equal(before, second.Current!.ToJsonString());
        for (var i = 0; i < 5; i++)
            Assert.Equal(8, Count(await SpecsMachine.RefreshAsync(second)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"Document":{"cpu":{"count":1}},"At":"2026-01-01T00:00:00Z","HandedOut":[]}""")]
    [InlineData("""{"Document":null,"At":"2026-01-01T00:00:00Z","HandedOut":[]}""")]
    [InlineData("""{"Document":{"cpu":{"count":1,"frequency":1},"hard_disk":{"total":1,"free":1,"used":0},"ram":{"total":1,"available":1,"used":0,"free":1,"swap_total":0,"swap_used":0,"swap_free":0},"has_docker":true,"gpu":{"count":1,"capacity":1,"details":[null]}},"At":"2026-01-01T00:00:00Z","HandedOut":[]}""")]
    [InlineData("""{"Document":{"cpu":{"count":1,"frequency":1},"hard_disk":{"total":1,"free":1,"used":0},"ram":{"total":1,"available":1,"used":0,"free":1,"swap_total":0,"swap_used":0,"swap_free":0},"has_docker":true,"gpu":{"count":0,"capacity":0,"details":null}},"At":"2026-01-01T00:00:00Z","HandedOut":[]}""")]
    [InlineData("""{"Document":{"cpu":{"count":1,"frequency":1},"hard_disk":{"total":1,"free":1,"used":0},"ram":{"total":1,"available":1,"used":0,"free":1,"swap_total":0,"swap_used":0,"swap_free":0},"has_docker":true,"gpu":{"count":0,"capacity":0,"details":[]}},"At":"2026-01-01T00:00:00Z","HandedOut":[null]}""")]
    public async Task Open_DamagedFile_HasNothingUntilTheFirstProbe(string text)
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(1));
        await File.WriteAllTextAsync(Path.Combine(machine.State, SpecsFile.FileName), text, TestContext.Current.CancellationToken);
        using var source = machine.Open();

        Assert.Null(source.Current);
        Assert.Equal(1, Count(await SpecsMachine.RefreshAsync(source)));
    }

    [Fact]
    public async Task RefreshAsync_OnePartFails_KeepsItsLastGoodValueAndRenewsTheRest()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(2));
        using var source = machine.Open();
        var ram = (await SpecsMachine.RefreshAsync(source))!["ram"]!.ToJsonString();
        machine.Machine.Memory("nonsense\n");
        machine.Gpus!.Set(SpecsMachine.Cards(2, clocks: "1500|2000"));
        machine.DockerWorks = false;

        var document = await SpecsMachine.RefreshAsync(source);

        Assert.Equal((ram, 1500, true), (document!["ram"]!.ToJsonString(), (int)document["gpu"]!["graphics_speed"]!, (bool)document["has_docker"]!));
        Assert.Equal(["has_docker", "ram"], source.Status.Kept.Select(part => part.Name).Order());
        Assert.Contains("ram: ", source.Status.Detail(machine.Time.GetUtcNow()), StringComparison.Ordinal);
        await ReadAsValidatorAsync(document);
    }

    [Fact]
    public async Task RefreshAsync_EngineAway_IsPublishedAfterThreeProbesAndNeverDuringARental()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(1));
        using var source = machine.Open();
        await SpecsMachine.RefreshAsync(source);
        machine.DockerWorks = false;
        machine.Rented = true;
        Assert.Equal([true, true, true, true], await DockerAsync(source, 4));
        machine.DockerWorks = true;
        Assert.Equal([true], await DockerAsync(source, 1));
        machine.Rented = machine.DockerWorks = false;

        Assert.Equal([true, true, false, false], await DockerAsync(source, 4));
        machine.DockerWorks = true;
        Assert.Equal([true], await DockerAsync(source, 1));
    }

    [Fact]
    public async Task RefreshAsync_EngineNeverAnswered_IsNotClaimed()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(1));
        machine.DockerWorks = false;
        using var source = machine.Open();

        Assert.Equal([false], await DockerAsync(source, 1));
    }

    /// <summary>The file was lost and the engine is away: a validator that read so would take the machine from its renter.</summary>
    [Fact]
    public async Task RefreshAsync_EngineNeverAnsweredWhileSomebodyMayHaveTheMachine_HasNoDocument()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(1));
        (machine.DockerWorks, machine.Rented) = (false, true);
        using var source = machine.Open();

        Assert.Null(await SpecsMachine.RefreshAsync(source));
        Assert.Contains("has_docker: ", source.Status.Detail(machine.Time.GetUtcNow()), StringComparison.Ordinal);
        machine.Rented = false;
        Assert.Equal([false], await DockerAsync(source, 1));
    }

    [Fact]
    public async Task RefreshAsync_APartWasNeverRead_HasNoDocument()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(2));
        machine.Machine.Memory("nonsense\n");
        using var source = machine.Open();

        Assert.Null(await SpecsMachine.RefreshAsync(source));
        Assert.Contains("none yet; ram: ", source.Status.Detail(machine.Time.GetUtcNow()), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(machine.State, SpecsFile.FileName)));
    }

    [Fact]
    public async Task RefreshAsync_Speeds_AreMeasuredEverySixHoursAndNeverForARenter()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(1));
        machine.Rented = true;
        using var source = machine.Open();
        Assert.Equal(0, Speed(await SpecsMachine.RefreshAsync(source)));
        Assert.Contains(source.Status.Kept, part => part is { Name: "speeds", IsFault: false });

        machine.Rented = false;
        var first = Speed(await SpecsMachine.RefreshAsync(source));
        Assert.True(first > 0);
        var asked = machine.RentedAsked;
        Assert.Equal(first, Speed(await SpecsMachine.RefreshAsync(source)));
        // For the GPUs, and once everything is read.
        Assert.Equal(asked + 2, machine.RentedAsked);

        machine.Time.Advance(SpecsSource.SpeedsEvery);
        machine.Rented = true;
        Assert.Equal(first, Speed(await SpecsMachine.RefreshAsync(source)));
        machine.Rented = false;
        await SpecsMachine.RefreshAsync(source);
        // Each step of a measurement asks whether somebody came.
        Assert.True(machine.RentedAsked > asked + 100, $"{machine.RentedAsked - asked}");
    }

    [Fact]
    public async Task RefreshAsync_OtherGpusAreChosen_ArePublishedAtOnceAndNotDuringARental()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(8));
        using var source = machine.Open();
        Assert.Equal(8, Count(await SpecsMachine.RefreshAsync(source)));

        machine.Choose(2);
        machine.Rented = true;
        Assert.Equal(8, Count(await SpecsMachine.RefreshAsync(source)));
        machine.Rented = false;
        Assert.Equal(2, Count(await SpecsMachine.RefreshAsync(source)));
    }

    [Fact]
    public async Task RefreshAsync_ManyAtOnce_GiveWholeDocuments()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(4));
        using var source = machine.Open();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => Assert.Equal(4, Count(await SpecsMachine.RefreshAsync(source)))));
    }

    /// <summary>On a machine with a real GPU: the figures of the driver's own program.</summary>
    [Fact]
    public async Task RefreshAsync_RealGpu_IsWhatTheDriverTells()
    {
        if (!File.Exists("/dev/nvidiactl"))
            Assert.Skip("This machine has no NVIDIA GPU (/dev/nvidiactl is missing).");
        var gpus = await new GpuInventory().ReadAsync(TestContext.Current.CancellationToken);
        var rows = (await HostCommand.RunAsync("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        var specs = GpuSpecs.Of(gpus);

        Assert.Equal(rows, specs.Details.Select(each => $"{each.Name}, {each.Capacity}"));
        Assert.True(specs is { GraphicsSpeed: > 0, MemorySpeed: > 0 }, $"{specs.GraphicsSpeed} {specs.MemorySpeed}");
    }

    // A loaded test machine may need more than the short patience of a probe that is to hang.
    static async Task PatientlyAsync(SpecsSource source, int count)
    {
        for (var i = 0; i < 50 && Count(await SpecsMachine.RefreshAsync(source)) != count; i++)
            Assert.NotEmpty(source.Status.Kept);
        Assert.Equal(count, Count(source.Current));
    }

    static async Task BreakAsync(SpecsMachine machine, string how)
    {
        switch (how)
        {
            case "library fails":
                machine.Gpus!.Set("error 999");
                machine.Inventory = machine.Gpus.Inventory;
                break;
            case "library loses its driver":
                machine.Gpus!.Set("error 9");
                machine.Inventory = machine.Gpus.Inventory;
                break;
            case "program fails":
                machine.Gpus!.Set("error 18");
                break;
            case "program tells garbage":
                await File.WriteAllTextAsync(machine.Gpus!.Program, "#!/bin/sh\necho '<html>, \u0001, {'\nhead -c 5000 /dev/urandom\n", TestContext.Current.CancellationToken);
                break;
            case "program hangs":
                await File.WriteAllTextAsync(machine.Gpus!.Program, "#!/bin/sh\nexec sleep 600\n", TestContext.Current.CancellationToken);
                break;
            default:
                machine.Gpus!.Set([FakeGpus.Line(SpecsMachine.Uuid(1), "01", state: "lost"), .. SpecsMachine.Cards(4)[1..]]);
                break;
        }
    }

    static Task<string> ReadAsValidatorAsync(JsonObject document) => HostCommand.RunAsync(
        "python3", [Path.Combine(Checkout.Root, "tests", "ComputeMiner.Tests", "Specs", "validator_reads.py")], document.ToJsonString())
        .ContinueWith(read => read.Result.Trim(), TaskScheduler.Default);

    static int? Count(JsonObject? document) => (int?)document?["gpu"]?["count"];

    static double Speed(JsonObject? document) => (double)document!["hard_disk"]!["write_speed"]!;

    static async Task<List<bool>> DockerAsync(SpecsSource source, int probes)
    {
        List<bool> said = [];
        for (var probe = 0; probe < probes; probe++)
            said.Add((bool)(await SpecsMachine.RefreshAsync(source))!["has_docker"]!);
        return said;
    }

    /// <summary>The driver failed at the start: that no GPU is known to be handed out does not say that there is none.</summary>
    [Fact]
    public async Task Refresh_HandedOutIsUnknown_KeepsTheSet()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(8));
        using (var first = machine.Open())
            await SpecsMachine.RefreshAsync(first);
        machine.Unknown = "the driver failed at the start";

        using var second = machine.Open();
        var document = await SpecsMachine.RefreshAsync(second);

        Assert.Equal(8, (int)document!["gpu"]!["count"]!);
        Assert.Contains(second.Status.Kept, part => part.Reason == machine.Unknown);
    }

    /// <summary>What was decided while the machine was free is not published to the validator of who came meanwhile.</summary>
    [Fact]
    public async Task Refresh_RenterComesWhileItIsMeasured_KeepsTheSet()
    {
        using var machine = await SpecsMachine.MakeAsync(SpecsMachine.Cards(8));
        using var source = machine.Open();
        await SpecsMachine.RefreshAsync(source);
        machine.Gpus!.Set([FakeGpus.Line(SpecsMachine.Uuid(1), "01", state: "lost"), .. SpecsMachine.Cards(8)[1..]]);
        for (var probe = 1; probe < GpuJudgement.Repeats; probe++)
            await SpecsMachine.RefreshAsync(source);
        machine.Time.Advance(SpecsSource.SpeedsEvery);
        var comes = machine.RentedAsked + 20;
        machine.Asking = () => machine.Rented |= machine.RentedAsked >= comes;

        var document = await SpecsMachine.RefreshAsync(source);

        Assert.True(machine.Rented);
        Assert.Equal(8, (int)document!["gpu"]!["count"]!);
    }
}
