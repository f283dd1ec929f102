using ComputeMiner.Containers.Disks;

namespace ComputeMiner.Configuration;

/// <summary>The kind of value that says how much a tenant may write.</summary>
static class DiskRules
{
    public static readonly ValueKind<DiskRule> Kind = new("auto|off|SIZE", static (text, out value) =>
    {
        value = text.Equals("off", StringComparison.OrdinalIgnoreCase) ? DiskRule.Off : DiskRule.Auto;
        if (value.IsOff || text.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return null;
        var fault = ValueKinds.Size.Read(text, out var bytes);
        value = DiskRule.Of(bytes);
        return fault is null && bytes >= DiskRule.Smallest ? null : "auto, off, or a size of at least 1g: bytes, or with k, m, g or t behind it";
    }, static rule => rule.IsOff ? "off" : rule.Bytes is { } bytes ? ValueKinds.Size.Show(bytes) : "auto");
}
