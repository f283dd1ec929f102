using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A pallet of the runtime.</summary>
/// <param name="Name">Its name, for example <c>SubtensorModule</c>.</param>
/// <param name="Index">Its byte in calls, events and errors of this runtime version.</param>
/// <param name="StoragePrefix">First part of its storage keys; null without storage.</param>
/// <param name="Storage">Storage items by name.</param>
/// <param name="Calls">Type of its call enum, if it has calls.</param>
/// <param name="Events">Type of its event enum, if it has events.</param>
/// <param name="Errors">Type of its error enum, if it has errors.</param>
/// <param name="Constants">Constants by name.</param>
public sealed record PalletMetadata(
    string Name,
    byte Index,
    string? StoragePrefix,
    ImmutableDictionary<string, StorageEntry> Storage,
    uint? Calls,
    uint? Events,
    uint? Errors,
    ImmutableDictionary<string, PalletConstant> Constants);
