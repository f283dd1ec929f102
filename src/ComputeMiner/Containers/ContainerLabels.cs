using System.Globalization;

namespace ComputeMiner.Containers;

/// <summary>What a container says about itself, enough to rebuild the ledger's record from it.</summary>
/// <param name="Allocation">The allocation's id.</param>
/// <param name="Kind">"rental" or "test".</param>
/// <param name="Owner">SHA-256 of the renter's public key, lower-case hex.</param>
/// <param name="Hotkey">SS58 address that allocated.</param>
/// <param name="Started">When the allocation began.</param>
/// <param name="Expires">When it ends.</param>
sealed record ContainerLabels(string Allocation, string Kind, string Owner, string Hotkey, DateTimeOffset Started, DateTimeOffset Expires)
{
    public const string InstanceKey = "computeminer.instance";
    public const string AllocationKey = "computeminer.allocation";
    public const string KindKey = "computeminer.kind";
    public const string OwnerKey = "computeminer.owner";
    public const string HotkeyKey = "computeminer.hotkey";
    public const string StartedKey = "computeminer.started";
    public const string ExpiresKey = "computeminer.expires";
    public const string RecipeKey = "computeminer.recipe";

    /// <summary>Kind of the container that is created, never started, to read files of an image.</summary>
    public const string ProbeKind = "image-probe";

    /// <summary>Kind of a container that waits for whoever comes.</summary>
    public const string SpareKind = "spare";

    /// <summary>Labels of a container whose tenant is not known yet.</summary>
    public static ContainerLabels Spare { get; } = new("", SpareKind, "", "", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public bool IsSpare => Kind == SpareKind;

    public Dictionary<string, string> ToDictionary() => new()
    {
        [AllocationKey] = Allocation,
        [KindKey] = Kind,
        [OwnerKey] = Owner,
        [HotkeyKey] = Hotkey,
        [StartedKey] = Started.ToString("O", CultureInfo.InvariantCulture),
        [ExpiresKey] = Expires.ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>Reads the labels back; null when one is missing or is no date.</summary>
    public static ContainerLabels? FromDictionary(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(AllocationKey, out var allocation) && labels.TryGetValue(KindKey, out var kind)
        && labels.TryGetValue(OwnerKey, out var owner) && labels.TryGetValue(HotkeyKey, out var hotkey)
        && TryReadTime(labels, StartedKey, out var started) && TryReadTime(labels, ExpiresKey, out var expires)
            ? new ContainerLabels(allocation, kind, owner, hotkey, started, expires)
            : null;

    static bool TryReadTime(IReadOnlyDictionary<string, string> labels, string key, out DateTimeOffset time)
    {
        time = default;
        return labels.TryGetValue(key, out var text)
            && DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }
}
