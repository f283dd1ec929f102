using System.Globalization;
using System.Text.Json;
using ComputeMiner.Specs;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Specs;

/// <summary>Processors and memory: the same figures as an implementation in Python and this machine's own tools make.</summary>
public sealed class MachineProbeTests
{
    [Theory]
    [InlineData("intel", 16, 3615.625)]
    [InlineData("amd", 64, 1996.25)]
    [InlineData("arm", 80, 3000)]
    [InlineData("virtual", 4, 2596.098)]
    public async Task Read_KnownMachines_AsPythonDoes(string kind, int cores, double clock)
    {
        using var machine = Make(kind);

        var cpu = ProcessorProbe.Read(machine.Files);

        Assert.Equal((cores, clock), (cpu.Count, Math.Round(cpu.Frequency, 3)));
        await AssertAsPythonAsync(machine);
    }

    [Theory]
    [InlineData("MemTotal: 1000 kB\nMemFree: 700 kB\nMemAvailable: 5000 kB\nCached: 900 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB")]
    [InlineData("MemTotal: 2000 kB\nMemFree: 700 kB\nBuffers: 1 kB\nCached: 900 kB\nSwapTotal: 10 kB\nSwapFree: 7 kB")]
    public async Task Read_OddMemory_AsPythonDoes(string text)
    {
        using var machine = Make("virtual").Memory(text);

        await AssertAsPythonAsync(machine);
    }

    [Fact]
    public async Task Read_ThisMachine_AsPythonAndItsToolsDo()
    {
        using var copy = new FakeMachine();
        copy.Write("proc/meminfo", await File.ReadAllTextAsync("/proc/meminfo", TestContext.Current.CancellationToken));
        copy.Write("proc/cpuinfo", await File.ReadAllTextAsync("/proc/cpuinfo", TestContext.Current.CancellationToken));
        await AssertAsPythonAsync(copy);

        var lscpu = await HostCommand.RunAsync("lscpu", ["-p=Core,Socket"]);
        var cores = lscpu.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Distinct().Count();
        Assert.Equal(Math.Min(cores, (int?)CgroupLimits.Read(new MachineFiles()).Cpus ?? cores), ProcessorProbe.Read(new MachineFiles()).Count);
        var free = (await HostCommand.RunAsync("free", ["-b"])).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var ram = MemoryProbe.Read(new MachineFiles());
        Assert.Equal(free[1][1], ram.Total.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(free[2][1], ram.SwapTotal.ToString(CultureInfo.InvariantCulture));
        Assert.InRange(ram.Available, 1, ram.Total);
    }

    [Theory]
    [InlineData(2, "2147483648", "200000 100000", 2, 2048)]
    [InlineData(2, "max", "max 100000", 4, 16384)]
    [InlineData(2, "99999999999999", "50000 100000", 1, 16384)]
    [InlineData(1, "2147483648", "350000 100000", 3, 2048)]
    [InlineData(1, "9223372036854771712", "-1 100000", 4, 16384)]
    public void Read_LimitsOfTheWholeMachine_AreItsSize(int version, string memory, string quota, int cores, long mebibytes)
    {
        using var machine = Make("virtual");
        if (version == 2)
            machine.Write("sys/fs/cgroup/cgroup.controllers", "cpu memory\n").Write("sys/fs/cgroup/memory.max", memory + "\n")
                .Write("sys/fs/cgroup/memory.current", "1610612736\n").Write("sys/fs/cgroup/memory.stat", "anon 5\ninactive_file 536870912\n")
                .Write("sys/fs/cgroup/cpu.max", quota + "\n");
        else
            machine.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", memory + "\n").Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1610612736\n")
                .Write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file 536870912\n")
                .Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota.Split(' ')[0]).Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", quota.Split(' ')[1]);

        var ram = MemoryProbe.Read(machine.Files);

        Assert.Equal((cores, mebibytes << 20), (ProcessorProbe.Read(machine.Files).Count, ram.Total));
        // 1.5 GiB in use, half a GiB of which is given up at once.
        if (mebibytes == 2048)
            Assert.Equal((1L << 30, 512L << 20, 1L << 30), (ram.Available, ram.Free, ram.Used));
        else
            Assert.Equal(8L << 30, ram.Available);
    }

    [Fact]
    public void Read_NoMemoryFigures_IsAFault()
    {
        using var machine = Make("virtual").Memory("nonsense\n");

        Assert.Throws<FormatException>(() => MemoryProbe.Read(machine.Files));
        Assert.ThrowsAny<IOException>(() => ProcessorProbe.Read(new MachineFiles("/nonexistent")));
    }

    static FakeMachine Make(string kind)
    {
        var machine = new FakeMachine();
        return kind switch { "intel" => machine.Intel(), "amd" => machine.Amd(), "arm" => machine.Arm(), _ => machine.Virtual() };
    }

    static async Task AssertAsPythonAsync(FakeMachine machine)
    {
        var script = Path.Combine(Checkout.Root, "tests", "ComputeMiner.Tests", "Specs", "machine.py");
        var expected = JsonDocument.Parse(await HostCommand.RunAsync("python3", [script, machine.Root])).RootElement;
        var (cpu, ram) = (ProcessorProbe.Read(machine.Files), MemoryProbe.Read(machine.Files));

        Assert.Equal((expected.GetProperty("count").GetInt32(), expected.GetProperty("frequency").GetDouble()), (cpu.Count, cpu.Frequency));
        Assert.Equal(
            expected.GetProperty("ram").EnumerateArray().Select(each => each.GetInt64()),
            [ram.Total, ram.Available, ram.Used, ram.Free, ram.SwapTotal, ram.SwapUsed, ram.SwapFree]);
    }
}
