using System.Globalization;
using System.Text;
using ComputeMiner.Specs;

namespace ComputeMiner.Tests.Specs;

/// <summary>The kernel's files of some machine, in a directory of their own.</summary>
sealed class FakeMachine : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public MachineFiles Files => new(Root);

    /// <summary>Two packages of eight cores with two threads each, and a governor per thread.</summary>
    public FakeMachine Intel()
    {
        for (var cpu = 0; cpu < 32; cpu++)
        {
            Topology(cpu, $"{cpu % 16},{cpu % 16 + 16}");
            Write($"sys/devices/system/cpu/cpufreq/policy{cpu}/scaling_cur_freq", (800_000 + cpu * 1000).ToString(CultureInfo.InvariantCulture));
        }
        return Processors(32, cpu => $"vendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz\ncpu MHz\t\t: {3600 + cpu}.125\nphysical id\t: {cpu / 8 % 2}\ncpu cores\t: 8");
    }

    /// <summary>One package of 64 cores without threads, whose older kernel names the list otherwise.</summary>
    public FakeMachine Amd()
    {
        for (var cpu = 0; cpu < 64; cpu++)
            Write($"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", cpu.ToString(CultureInfo.InvariantCulture) + "\n");
        return Processors(64, _ => "vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 7713 64-Core Processor\ncpu MHz\t\t: 1996.250\nphysical id\t: 0\ncpu cores\t: 64");
    }

    /// <summary>Eighty cores whose /proc/cpuinfo tells neither clock nor package; one governor for all.</summary>
    public FakeMachine Arm()
    {
        for (var cpu = 0; cpu < 80; cpu++)
            Topology(cpu, cpu.ToString(CultureInfo.InvariantCulture));
        Write("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "3000000\n");
        return Processors(80, _ => "BogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm aes\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c");
    }

    /// <summary>Four processors of a virtual machine, without governor and without topology.</summary>
    public FakeMachine Virtual() =>
        Processors(4, _ => "vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.098\nphysical id\t: 0\ncpu cores\t: 4\nflags\t\t: fpu hypervisor");

    public FakeMachine Write(string path, string text)
    {
        var whole = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
        return this;
    }

    /// <summary>By default 16 GiB, half of it in use.</summary>
    public FakeMachine Memory(string? text = null) => Write("proc/meminfo", text ?? """
        MemTotal:       16777216 kB
        MemFree:         4194304 kB
        MemAvailable:    8388608 kB
        Buffers:          262144 kB
        Cached:          3145728 kB
        SwapCached:            0 kB
        SwapTotal:       2097152 kB
        SwapFree:        1048576 kB
        SReclaimable:     524288 kB
        HugePages_Total:       0
        """);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    FakeMachine Processors(int count, Func<int, string> lines)
    {
        var text = new StringBuilder();
        for (var cpu = 0; cpu < count; cpu++)
            text.Append(CultureInfo.InvariantCulture, $"processor\t: {cpu}\n{lines(cpu)}\n\n");
        return Write("proc/cpuinfo", text.ToString()).Memory();
    }

    void Topology(int cpu, string list) => Write($"sys/devices/system/cpu/cpu{cpu}/topology/core_cpus_list", list + "\n");
}
