namespace ComputeMiner.Registry;

/// <summary>A run as a list of runs shows it. Everything in it was written by whoever made the run.</summary>
/// <param name="Name">Its id, the last part of its address; what its owner signs.</param>
/// <param name="Username">The account that made it; null when not shown.</param>
/// <param name="Config">Its stored configuration, JSON text that may be anything.</param>
/// <param name="HeartbeatAt">Its last sign of life.</param>
sealed record RegistryRun(string Name, string? Username, string Config, DateTimeOffset HeartbeatAt);
