namespace ComputeMiner.Updates;

/// <summary>The version file as it was read last.</summary>
/// <param name="Url">From where.</param>
/// <param name="ETag">What the server called this state of it; null when it did not say.</param>
/// <param name="ReadAt">When the server last gave it, or said that it had not changed.</param>
/// <param name="Versions">What it says.</param>
sealed record KnownVersions(string Url, string? ETag, DateTimeOffset ReadAt, PublishedVersions Versions);
