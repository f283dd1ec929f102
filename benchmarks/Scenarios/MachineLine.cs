using System.Globalization;
using System.Runtime.InteropServices;

namespace Scenarios;

/// <summary>What the figures were taken on, and how busy it was.</summary>
static class MachineLine
{
    public static string Describe(MinerBuild build)
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var model = cpu?[(cpu.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var kind = build.IsNative ? "native code" : "on the .NET runtime, not native";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({model}), {memory} GiB, .NET {Environment.Version}, "
            + $"miner {kind}, load average at start {load}");
    }
}
