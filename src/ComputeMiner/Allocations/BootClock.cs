using System.Globalization;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>Time that nobody can set: what passed since the machine started.</summary>
sealed class BootClock(Func<BootMoment> read)
{
    // proc(5): /proc/uptime counts CLOCK_BOOTTIME, which goes on while the machine sleeps.
    const string UptimePath = "/proc/uptime";
    const string BootPath = "/proc/sys/kernel/random/boot_id";

    public BootMoment Read() => read();

    /// <summary>The clock of this machine.</summary>
    public static BootClock OfMachine()
    {
        var boot = File.ReadAllText(BootPath).Trim();
        return new BootClock(() => new BootMoment(boot, ReadUptime()));
    }

    static TimeSpan ReadUptime()
    {
        var text = File.ReadAllText(UptimePath);
        return TimeSpan.FromSeconds(double.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
    }
}
