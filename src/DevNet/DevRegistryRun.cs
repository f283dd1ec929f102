namespace DevNet;

/// <summary>A run as the registry holds it at one moment.</summary>
/// <param name="Name">Its id in addresses, which its owner signs.</param>
/// <param name="DisplayName">Its label.</param>
/// <param name="Owner">The account that made it.</param>
/// <param name="State"><c>running</c>, <c>finished</c>, <c>failed</c> or <c>crashed</c>.</param>
/// <param name="Config">The whole stored configuration, JSON text as it came.</param>
/// <param name="Summary">The stored summary, JSON text.</param>
/// <param name="History">The lines of its history, each a JSON object.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="HeartbeatAt">Its last sign of life.</param>
public sealed record DevRegistryRun(
    string Name, string DisplayName, string Owner, string State, string Config, string Summary, IReadOnlyList<string> History,
    DateTimeOffset CreatedAt, DateTimeOffset HeartbeatAt);
