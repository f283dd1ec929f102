namespace ComputeMiner.Updates;

/// <summary>What the reference repository's version file says.</summary>
/// <param name="Current">Version of the reference itself; null when the file does not say.</param>
/// <param name="MinimalMiner">Below this validators leave a miner out; null when the file does not say.</param>
/// <param name="MinimalValidator">Below this a validator counts as outdated; null when the file does not say.</param>
sealed record PublishedVersions(uint? Current, uint? MinimalMiner, uint? MinimalValidator)
{
    /// <summary>
    /// Reads the file as the reference does: the first line that starts with the name, the text behind its equals sign without quotes
    /// (neuralinternet/ni-compute, compute/utils/version.py, get_remote_version). Null when none of the three is there.
    /// </summary>
    public static PublishedVersions? Parse(string text)
    {
        var lines = text.Split('\n');
        var versions = new PublishedVersions(Find("__version__"), Find("__minimal_miner_version__"), Find("__minimal_validator_version__"));
        return versions is { Current: null, MinimalMiner: null, MinimalValidator: null } ? null : versions;

        uint? Find(string name) =>
            Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?.Split('=') is [_, var value, ..]
                && SubnetVersion.TryParse(value.Trim(' ', '"', '\'', '\r', '\t'), out var version)
                    ? version
                    : null;
    }
}
