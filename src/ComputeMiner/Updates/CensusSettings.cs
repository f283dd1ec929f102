namespace ComputeMiner.Updates;

/// <summary>How validators' versions are judged.</summary>
sealed class CensusSettings
{
    /// <summary>The reference repository's version file; null: not asked for.</summary>
    public Uri? VersionFile { get; set; } = new("https://raw.githubusercontent.com/neuralinternet/ni-compute/main/compute/__init__.py");

    /// <summary>Above this share, in percent, validators count as updated. Default 60.</summary>
    public int Threshold { get; set; } = 60;
}
