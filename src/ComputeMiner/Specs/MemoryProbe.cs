using System.Globalization;

namespace ComputeMiner.Specs;

/// <summary>
/// Memory as psutil's <c>virtual_memory()</c> and <c>swap_memory()</c> make it from /proc/meminfo. Validators compare <c>available</c> and
/// <c>total</c> with what a renter asks for, so where the whole machine has a limit (<see cref="CgroupLimits"/>) that is what counts.
/// </summary>
static class MemoryProbe
{
    /// <exception cref="IOException">The kernel's file cannot be read.</exception>
    /// <exception cref="FormatException">It lacks the figures.</exception>
    public static RamSpecs Read(MachineFiles files)
    {
        var memory = ReadFields(files.ReadText("proc/meminfo"));
        var (total, free) = (memory.GetValueOrDefault("MemTotal"), memory.GetValueOrDefault("MemFree"));
        if (total <= 0)
            throw new FormatException("/proc/meminfo has no MemTotal.");
        var cached = memory.GetValueOrDefault("Cached") + memory.GetValueOrDefault("SReclaimable");
        var used = total - free - cached - memory.GetValueOrDefault("Buffers");
        if (used < 0)
            used = total - free;
        // The kernel tells it since 3.14; before, what the page cache holds was taken for available.
        var available = memory.TryGetValue("MemAvailable", out var told) ? told : free + memory.GetValueOrDefault("Cached");
        // A container whose /proc is made up can tell more than there is.
        if (available > total)
            available = free;
        var limits = CgroupLimits.Read(files);
        if (limits.Memory is { } limit && limit < total)
        {
            var held = Math.Clamp(limits.MemoryUsed - limits.MemoryDroppable, 0, limit);
            (total, used) = (limit, held);
            available = Math.Min(available, limit - held);
            free = Math.Clamp(limit - limits.MemoryUsed, 0, free);
        }
        var (swap, unused) = (memory.GetValueOrDefault("SwapTotal"), memory.GetValueOrDefault("SwapFree"));
        return new RamSpecs(total, available, used, free, swap, swap - unused, unused);
    }

    // "MemTotal:       24684084 kB"; a kB is 1024 bytes here.
    static Dictionary<string, long> ReadFields(string text)
    {
        var fields = new Dictionary<string, long>();
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var number = colon < 0 ? "" : line[(colon + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim();
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                fields[line[..colon]] = value << 10;
        }
        return fields;
    }
}
