using System.Globalization;

namespace ComputeMiner.Specs;

/// <summary>
/// Counts cores and reads their clock as psutil's <c>cpu_count(logical=False)</c> and <c>cpu_freq().current</c> do: the reference publishes
/// these, so equal machines look equal. Where the whole machine has a quota of processor time, no more cores than that.
/// </summary>
static class ProcessorProbe
{
    /// <exception cref="IOException">The kernel's files cannot be read.</exception>
    public static CpuSpecs Read(MachineFiles files)
    {
        var information = files.ReadText("proc/cpuinfo");
        var cores = CountByTopology(files) is var found and > 0 ? found
            : CountByInformation(information) is var told and > 0 ? told
            : Environment.ProcessorCount;
        if (CgroupLimits.Read(files).Cpus is { } quota)
            cores = Math.Min(cores, Math.Max(1, (int)quota));
        return new CpuSpecs(cores, Frequency(files, [.. Values(information, "cpu mhz")]));
    }

    // Threads of one core share one list.
    static int CountByTopology(MachineFiles files)
    {
        var processors = files.Numbered("sys/devices/system/cpu", "cpu").ToList();
        var lists = processors.Select(cpu => files.TryReadText($"{cpu}/topology/core_cpus_list")).OfType<string>().ToHashSet();
        return lists.Count > 0 ? lists.Count
            : processors.Select(cpu => files.TryReadText($"{cpu}/topology/thread_siblings_list")).OfType<string>().Distinct().Count();
    }

    // Without the topology: each package tells its number of cores.
    static int CountByInformation(string information) => information.Split("\n\n")
        .Select(processor => (Package: Values(processor, "physical id").FirstOrDefault(-1), Cores: Values(processor, "cpu cores").FirstOrDefault(0)))
        .Where(each => each.Package >= 0)
        .DistinctBy(each => each.Package)
        .Sum(each => (int)each.Cores);

    // The governor's figures where there are some, unless /proc/cpuinfo has as many; some virtual machines have neither, and nobody reads it.
    static double Frequency(MachineFiles files, double[] told)
    {
        var policies = files.Numbered("sys/devices/system/cpu/cpufreq", "policy").ToList();
        if (policies.Count == 0)
            policies = [.. files.Numbered("sys/devices/system/cpu", "cpu").Select(cpu => cpu + "/cpufreq").Where(path => KiloHertz(files, path) is not null)];
        double[] all = policies.Count == 0 || policies.Count == told.Length
            ? told
            : [.. policies.Select(path => KiloHertz(files, path)).OfType<long>().Select(each => each / 1000.0)];
        return all.Length == 0 ? 0 : all.Sum() / all.Length;
    }

    static long? KiloHertz(MachineFiles files, string path) =>
        long.TryParse(files.TryReadText($"{path}/scaling_cur_freq") ?? files.TryReadText($"{path}/cpuinfo_cur_freq"), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    static IEnumerable<double> Values(string information, string name) =>
        from line in information.Split('\n')
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where colon > 0 && line[..colon].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)
        let value = double.TryParse(line.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var number) ? number : -1
        where value >= 0
        select value;
}
