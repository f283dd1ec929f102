using System.Globalization;

namespace ComputeMiner.Containers;

/// <summary>What a container says about itself, enough to rebuild the ledger's record from it.</summary>
/// <param name="Allocation">The allocation's id.</param>
/// <param name="Kind">"rental" or "test".</param>
/// <param name="Owner">SHA-256 of the renter's public key, lower-case hex.</param>
/// <param name="Hotkey">SS58 address that allocated.</param>
/// <param name="Started">When the allocation began.</param>
/// <param name="Expires">When it ends.</param>
/// <param name="Boot">When it began, counted from the machine's start; null on a container of an earlier version.</param>
sealed record ContainerLabels(
    string Allocation, string Kind, string Owner, string Hotkey, DateTimeOffset Started, DateTimeOffset Expires, BootMoment? Boot = null)
{
    public const string InstanceKey = "computeminer.instance";
    public const string AllocationKey = "computeminer.allocation";
    public const string KindKey = "computeminer.kind";
    public const string OwnerKey = "computeminer.owner";
    public const string HotkeyKey = "computeminer.hotkey";
    public const string StartedKey = "computeminer.started";
    public const string ExpiresKey = "computeminer.expires";
    public const string BootKey = "computeminer.boot";
    public const string UptimeKey = "computeminer.uptime";
    public const string RecipeKey = "computeminer.recipe";
    public const string BaseKey = "computeminer.base";

    /// <summary>Kind of the container that shows whether an image works, and is removed at once.</summary>
    public const string ProbeKind = "image-probe";

    /// <summary>Kind of a container that waits for whoever comes.</summary>
    public const string SpareKind = "spare";

    /// <summary>Labels of a container whose tenant is not known yet.</summary>
    public static ContainerLabels Spare { get; } = new("", SpareKind, "", "", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public bool IsSpare => Kind == SpareKind;

    public Dictionary<string, string> ToDictionary()
    {
        var labels = new Dictionary<string, string>
        {
            [AllocationKey] = Allocation,
            [KindKey] = Kind,
            [OwnerKey] = Owner,
            [HotkeyKey] = Hotkey,
            [StartedKey] = Started.ToString("O", CultureInfo.InvariantCulture),
            [ExpiresKey] = Expires.ToString("O", CultureInfo.InvariantCulture),
        };
        if (Boot is { } boot)
        {
            labels[BootKey] = boot.Boot;
            labels[UptimeKey] = boot.Uptime.ToString("c", CultureInfo.InvariantCulture);
        }
        return labels;
    }

    /// <summary>Reads the labels back; null when one is missing or is no date.</summary>
    public static ContainerLabels? FromDictionary(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(AllocationKey, out var allocation) && labels.TryGetValue(KindKey, out var kind)
        && labels.TryGetValue(OwnerKey, out var owner) && labels.TryGetValue(HotkeyKey, out var hotkey)
        && TryReadTime(labels, StartedKey, out var started) && TryReadTime(labels, ExpiresKey, out var expires)
            ? new ContainerLabels(allocation, kind, owner, hotkey, started, expires, ReadBoot(labels))
            : null;

    static BootMoment? ReadBoot(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(BootKey, out var boot) && labels.TryGetValue(UptimeKey, out var text)
        && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var uptime)
            ? new BootMoment(boot, uptime)
            : null;

    static bool TryReadTime(IReadOnlyDictionary<string, string> labels, string key, out DateTimeOffset time)
    {
        time = default;
        return labels.TryGetValue(key, out var text)
            && DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
