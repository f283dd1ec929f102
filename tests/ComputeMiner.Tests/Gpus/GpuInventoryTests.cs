using System.Globalization;
using ComputeMiner.Gpus;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Challenges;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Time.Testing;

namespace ComputeMiner.Tests.Gpus;

/// <summary>The library and the program say the same, and what they cannot say is told apart from "none".</summary>
public sealed class GpuInventoryTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_TwoGpus_AreTold(bool byLibrary)
    {
        using var gpus = await FakeGpus.MakeAsync();
        var many = string.Join(',', Enumerable.Range(100, 40));
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", used: 5, pids: "71"), FakeGpus.Line(FakeGpus.Second, "5E", pids: many, clocks: "[N/A]|[N/A]"));

        var found = await Inventory(gpus, byLibrary).ReadAsync(Cancellation);

        Assert.Equal([(0, FakeGpus.First, "NVIDIA H200", "0000:3b:00", 143771L << 20, 5L << 20, 1980, 2619), (1, FakeGpus.Second, "NVIDIA H200", "0000:5e:00", 143771L << 20, 4L << 20, 0, 0)],
            found.Select(gpu => (gpu.Index, gpu.Uuid, gpu.Name, gpu.Pci, gpu.Memory, gpu.Used, gpu.GraphicsClock, gpu.MemoryClock)));
        Assert.Equal([71], found[0].Processes);
        Assert.Equal(Enumerable.Range(100, 40), found[1].Processes);
    }

    [Theory]
    [InlineData(true, "mig", true)]
    [InlineData(false, "mig", true)]
    [InlineData(true, "ok", false)]
    [InlineData(false, "ok", false)]
    [InlineData(true, "plain", false)]
    [InlineData(false, "plain", false)]
    public async Task ReadAsync_Mode_IsTold(bool byLibrary, string state, bool isMig)
    {
        using var gpus = await FakeGpus.MakeAsync();
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", state: state));

        Assert.Equal(isMig, Assert.Single(await Inventory(gpus, byLibrary).ReadAsync(Cancellation)).IsMig);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_OneIsLost_TellsTheOther(bool byLibrary)
    {
        using var gpus = await FakeGpus.MakeAsync();
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", state: "lost"), FakeGpus.Line(FakeGpus.Second, "5E"));

        var found = Assert.Single(await Inventory(gpus, byLibrary).ReadAsync(Cancellation));

        Assert.Equal((1, FakeGpus.Second), (found.Index, found.Uuid));
    }

    [Theory]
    [InlineData(true, 999)]
    [InlineData(false, 18)]
    public async Task ReadAsync_DriverFails_IsNotTakenForNone(bool byLibrary, int code)
    {
        using var gpus = await FakeGpus.MakeAsync();
        gpus.Set($"error {code}");

        var fault = await Assert.ThrowsAsync<GpuReadException>(() => Inventory(gpus, byLibrary).ReadAsync(Cancellation));

        Assert.Contains(code.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoDriver_IsNone()
    {
        Assert.Empty(await new GpuInventory("libno-such-nvml.so.1", "/nonexistent/nvidia-smi").ReadAsync(Cancellation));

        using var gpus = await FakeGpus.MakeAsync();
        gpus.Set("error 9");
        Assert.Empty(await gpus.Inventory.ReadAsync(Cancellation));
    }

    /// <summary>A call into a broken driver may never come back, and cannot be ended: whoever asked goes on, and no second call is spent on it.</summary>
    [Fact]
    public async Task ReadAsync_DriverHangs_IsSaidInTimeAndReadAgainOnceItAnswers()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var (library, gate, calls) = (Path.Combine(gpus.Directory, "libhangs.so"), Path.Combine(gpus.Directory, "gate"), Path.Combine(gpus.Directory, "calls"));
        await HostCommand.RunAsync("cc", ["-shared", "-fPIC", "-x", "c", "-o", library, "-"], $$"""
            #include <fcntl.h>
            #include <unistd.h>
            int nvmlInit_v2(void) {
                int calls = open("{{calls}}", O_WRONLY | O_CREAT | O_APPEND, 0600);
                write(calls, "x", 1);
                close(calls);
                while (access("{{gate}}", F_OK) != 0) usleep(10000);
                return 9;
            }
            #define F(name) int name(void) { return 0; }
            F(nvmlShutdown) F(nvmlDeviceGetCount_v2) F(nvmlDeviceGetHandleByIndex_v2) F(nvmlDeviceGetUUID) F(nvmlDeviceGetName)
            F(nvmlDeviceGetMemoryInfo_v2) F(nvmlDeviceGetPciInfo_v3) F(nvmlDeviceGetComputeRunningProcesses_v3) F(nvmlDeviceGetComputeRunningProcesses)
            F(nvmlDeviceGetClockInfo)
            """);
        var time = new FakeTimeProvider();
        var inventory = new GpuInventory(library, "/nonexistent/nvidia-smi", time);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var reading = inventory.ReadAsync(Cancellation);
            time.Advance(TimeSpan.FromSeconds(21));
            var fault = await Assert.ThrowsAsync<GpuReadException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
            Assert.Contains("hang", fault.Message, StringComparison.Ordinal);
        }

        var again = inventory.ReadAsync(Cancellation);
        await File.WriteAllTextAsync(gate, "", Cancellation);
        Assert.Empty(await again.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal("xx", await File.ReadAllTextAsync(calls, Cancellation));
    }

    [Fact]
    public async Task ReadAsync_LibraryTooOldToListProcesses_AsksTheProgram()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var old = Path.Combine(gpus.Directory, "libold.so");
        await HostCommand.RunAsync("cc", ["-shared", "-fPIC", "-x", "c", "-o", old, "-"], "int nvmlInit_v2(void) { return 0; }");

        Assert.Equal(2, (await new GpuInventory(old, gpus.Program).ReadAsync(Cancellation)).Count);
    }

    /// <summary>The library of another driver version fails where the program, which was updated with it, may not.</summary>
    [Fact]
    public async Task ReadAsync_LibraryFails_TakesTheProgramsWordWhereItIsWhole()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var broken = await BrokenLibraryAsync(gpus, "return 999;");

        Assert.Equal(2, (await new GpuInventory(broken, gpus.Program).ReadAsync(Cancellation)).Count);
        gpus.Set(FakeGpus.Line(FakeGpus.First, "3B", state: "lost"), FakeGpus.Line(FakeGpus.Second, "5E"));
        await Assert.ThrowsAsync<GpuReadException>(() => new GpuInventory(broken, gpus.Program).ReadAsync(Cancellation));
        await Assert.ThrowsAsync<GpuReadException>(() => new GpuInventory(broken, "/nonexistent/nvidia-smi").ReadAsync(Cancellation));
    }

    [Fact]
    public async Task ReadAsync_LibraryHangs_TakesTheProgramsWord()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var begun = Path.Combine(gpus.Directory, "begun");
        // Ends with the directory.
        var broken = await BrokenLibraryAsync(
            gpus, $$"""close(open("{{begun}}", O_CREAT | O_WRONLY, 0600)); while (access("{{begun}}", F_OK) == 0) usleep(10000); return 9;""");
        var time = new FakeTimeProvider();
        var reading = new GpuInventory(broken, gpus.Program, time).ReadAsync(Cancellation);
        await Condition.UntilAsync(() => File.Exists(begun));

        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal([FakeGpus.First, FakeGpus.Second], (await reading).Select(gpu => gpu.Uuid));
    }

    [Fact]
    public async Task ReadAsync_LibraryAndProgramFail_TellsBothReasons()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var broken = await BrokenLibraryAsync(gpus, "return 999;");
        gpus.Set("error 18");

        var fault = await Assert.ThrowsAsync<GpuReadException>(() => new GpuInventory(broken, gpus.Program).ReadAsync(Cancellation));

        Assert.Contains("error 999", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ended with 18", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LibraryFailsAndProgramTellsNothing_IsNotTakenForNone()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var broken = await BrokenLibraryAsync(gpus, "return 999;");
        await File.WriteAllTextAsync(gpus.Program, "#!/bin/sh\nexit 0\n", Cancellation);

        await Assert.ThrowsAsync<GpuReadException>(() => new GpuInventory(broken, gpus.Program).ReadAsync(Cancellation));
    }

    [Fact]
    public async Task ReadAsync_ProgramHangs_IsSaidInTime()
    {
        using var directory = new TemporaryDirectory();
        var (program, started) = (directory.At("nvidia-smi"), directory.At("started"));
        File.WriteAllText(program, $"#!/bin/sh\ntouch {started}\nexec sleep 600\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var time = new FakeTimeProvider();
        var reading = new GpuInventory("libno-such-nvml.so.1", program, time).ReadAsync(Cancellation);
        await Condition.UntilAsync(() => File.Exists(started));

        time.Advance(TimeSpan.FromSeconds(20));

        var fault = await Assert.ThrowsAsync<GpuReadException>(() => reading);
        Assert.Contains("did not end within 20 s", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A driver that hangs keeps the program in the kernel, killed or not: there is never a second one.</summary>
    [Fact]
    public async Task ReadAsync_ProgramSurvivesItsKill_IsNotStartedAgain()
    {
        await using var disk = await FrozenDisk.CreateAsync();
        using var directory = new TemporaryDirectory();
        var (program, started) = (directory.At("nvidia-smi"), directory.At("started"));
        await File.WriteAllTextAsync(directory.At("script"), $"#!/bin/sh\necho >> {started}\necho x > {disk.Mount}/x\n", Cancellation);
        await HostCommand.RunAsync("install", ["-m", "755", directory.At("script"), program]);
        var time = new FakeTimeProvider();
        var inventory = new GpuInventory("libno-such-nvml.so.1", program, time);
        var reading = inventory.ReadAsync(Cancellation);
        await Condition.UntilAsync(() => File.Exists(started));
        await Condition.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return reading.IsCompleted;
        });
        await Assert.ThrowsAsync<GpuReadException>(() => reading);

        var fault = await Assert.ThrowsAsync<GpuReadException>(() => inventory.ReadAsync(Cancellation));

        Assert.Contains("still runs although it was killed", fault.Message, StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(started, Cancellation));
        await disk.ThawAsync();
        File.WriteAllText(directory.At("script"), "#!/bin/sh\nexit 0\n");
        await HostCommand.RunAsync("install", ["-m", "755", directory.At("script"), program]);
        while (await Record.ExceptionAsync(() => inventory.ReadAsync(Cancellation)) is not null)
            await Task.Yield();
    }

    /// <summary>What asks for the hardware document leaves the library its time and the program its own.</summary>
    [Fact]
    public async Task ReadAsync_LibraryHangs_TheDocumentsProbeWaitsForTheProgram()
    {
        using var gpus = await FakeGpus.MakeAsync();
        var begun = Path.Combine(gpus.Directory, "begun");
        var broken = await BrokenLibraryAsync(
            gpus, $$"""close(open("{{begun}}", O_CREAT | O_WRONLY, 0600)); while (access("{{begun}}", F_OK) == 0) usleep(10000); return 9;""");
        var (slow, asked) = (Path.Combine(gpus.Directory, "slow"), Path.Combine(gpus.Directory, "asked"));
        await File.WriteAllTextAsync(Path.Combine(gpus.Directory, "script"),
            $"#!/bin/sh\ntouch {asked}\nwhile [ -e {asked} ]; do sleep 0.02; done\nexec {gpus.Program} \"$@\"\n", Cancellation);
        await HostCommand.RunAsync("install", ["-m", "755", Path.Combine(gpus.Directory, "script"), slow]);
        var time = new FakeTimeProvider();
        var probes = new SpecsProbes { Gpus = _ => null!, HandedOut = _ => [], Docker = _ => Task.CompletedTask, SpeedDirectory = null };
        var part = new PartProbe("gpu", probes.GpuPatience, time).AskAsync(new GpuInventory(broken, slow, time).ReadAsync, Cancellation);
        await Condition.UntilAsync(() => File.Exists(begun));
        time.Advance(TimeSpan.FromSeconds(20));
        await Condition.UntilAsync(() => File.Exists(asked));

        time.Advance(TimeSpan.FromSeconds(15));
        // Each of its two questions.
        await Condition.UntilAsync(() =>
        {
            File.Delete(asked);
            return part.IsCompleted;
        });

        Assert.Equal(2, (await part).Value?.Count);
    }

    /// <summary>On a machine with a real GPU: both ways must agree on what does not change from one moment to the next.</summary>
    [Fact]
    public async Task ReadAsync_RealGpu_LibraryAndProgramAgree()
    {
        if (!File.Exists("/dev/nvidiactl"))
            Assert.Skip("This machine has no NVIDIA GPU (/dev/nvidiactl is missing).");
        var byLibrary = await new GpuInventory(program: "/nonexistent/nvidia-smi").ReadAsync(Cancellation);
        var byProgram = await new GpuInventory("libno-such-nvml.so.1").ReadAsync(Cancellation);

        Assert.NotEmpty(byLibrary);
        Assert.Equal(byProgram.Select(gpu => (gpu.Index, gpu.Uuid, gpu.Name, gpu.Pci, gpu.Memory >> 20)), byLibrary.Select(gpu => (gpu.Index, gpu.Uuid, gpu.Name, gpu.Pci, gpu.Memory >> 20)));
    }

    static async Task<string> BrokenLibraryAsync(FakeGpus gpus, string init)
    {
        var library = Path.Combine(gpus.Directory, "libbroken.so");
        await HostCommand.RunAsync("cc", ["-shared", "-fPIC", "-x", "c", "-o", library, "-"], $$"""
            #include <fcntl.h>
            #include <unistd.h>
            int nvmlInit_v2(void) { {{init}} }
            #define F(name) int name(void) { return 0; }
            F(nvmlShutdown) F(nvmlDeviceGetCount_v2) F(nvmlDeviceGetHandleByIndex_v2) F(nvmlDeviceGetUUID) F(nvmlDeviceGetName)
            F(nvmlDeviceGetMemoryInfo_v2) F(nvmlDeviceGetPciInfo_v3) F(nvmlDeviceGetComputeRunningProcesses_v3) F(nvmlDeviceGetComputeRunningProcesses)
            F(nvmlDeviceGetClockInfo)
            """);
        return library;
    }

    static GpuInventory Inventory(FakeGpus gpus, bool byLibrary) =>
        byLibrary ? gpus.Inventory : new GpuInventory("libno-such-nvml.so.1", gpus.Program);
}
