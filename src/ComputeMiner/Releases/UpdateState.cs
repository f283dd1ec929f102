namespace ComputeMiner.Releases;

/// <summary>What is known of newer versions, and what became of those that were tried; kept over restarts.</summary>
sealed record UpdateState
{
    /// <summary>The highest release its source ever named; null before the first answer.</summary>
    public KnownRelease? Newest { get; init; }

    /// <summary>When the source was last asked.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Why that gave nothing; null when it did.</summary>
    public string? CheckFault { get; init; }

    /// <summary>What became of the last install.</summary>
    public string? Result { get; init; }

    public DateTimeOffset? ResultAt { get; init; }

    /// <summary>The release that is started in place of the program beside it; null when none was ever good.</summary>
    public InstalledRelease? Installed { get; init; }

    /// <summary>How the installed release does since it was good; null once it was for long enough, and where none is installed.</summary>
    public ReleaseWatch? Watch { get; init; }

    /// <summary>The release that is being tried; null when none is.</summary>
    public TrialRelease? Trial { get; init; }

    /// <summary>Those that are not tried again by themselves.</summary>
    public IReadOnlyList<FailedRelease> Failed { get; init; } = [];

    /// <summary>When the axon last stopped listening because of a change of versions; null once it listens again.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Seconds in which nothing listened on the axon's port during the last change of versions.</summary>
    public double? AwaySeconds { get; init; }

    /// <summary>Without what makes no sense: a hand or a disk wrote it, and it is to lead nowhere and to end no process.</summary>
    public UpdateState Checked() => this with
    {
        Newest = Newest is { Notes: not null, Source: not null, Platforms: not null } newest && IsOne(newest.Version)
            && newest.Expires > DateTimeOffset.MinValue && (newest.File is null || ReleaseManifest.IsSound(newest.File))
                ? newest
                : null,
        Installed = Installed is { Digest: not null } installed && IsOne(installed.Version) ? installed : null,
        Watch = Watch is { } watch && watch.Version == Installed?.Version ? watch with
        {
            Before = watch.Before is { Digest: not null } before && IsOne(before.Version) ? before : null,
            QuickEnds = Math.Clamp(watch.QuickEnds, 0, ReleaseWatch.MostQuickEnds),
        } : null,
        Trial = Trial is { Digest: not null, From: not null } trial && IsOne(trial.Version) ? trial : null,
        Failed = [.. (Failed ?? []).Where(failed => IsOne(failed?.Version))],
    };

    // Exactly: it is also a directory's name.
    static bool IsOne(string? version) => ReleaseVersion.TryParse(version, out var parsed) && parsed.Text == version;

    public bool HasFailed(string version) => Failed.Any(failed => failed.Version == version);
}

/// <summary>A release that ran well here.</summary>
/// <param name="Version">Its version, which is also its directory's name.</param>
/// <param name="Digest">Of the directory: <see cref="ReleaseTree"/>.</param>
/// <param name="At">Since when.</param>
sealed record InstalledRelease(string Version, string Digest, DateTimeOffset At);

/// <summary>A release that is unpacked and tested, and has to show that it runs.</summary>
/// <param name="Version">Its version, which is also its directory's name.</param>
/// <param name="Digest">Of the directory.</param>
/// <param name="From">The version that ran before.</param>
/// <param name="Attempts">How often it was started.</param>
/// <param name="ListeningAt">When its axon began to listen.</param>
sealed record TrialRelease(string Version, string Digest, string From, int Attempts = 0, DateTimeOffset? ListeningAt = null);

/// <summary>A release that did not run here.</summary>
sealed record FailedRelease(string Version, string Reason, DateTimeOffset At);
