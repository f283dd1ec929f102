using ComputeMiner.Schedule;
using ComputeMiner.Updates;

namespace ComputeMiner.Releases;

/// <summary>Asks the release source for the newest version. A failure costs nothing but age: what was known stays known.</summary>
sealed partial class UpdateCheck(UpdateSettings settings, UpdateStore store, HttpClient http, TimeProvider time, ILogger<UpdateCheck> logger)
{
    public const string NoSource = "no release source: name one with --update.url";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    string? _told;

    /// <summary>Asks once and believes nothing else.</summary>
    /// <exception cref="ReleaseException">What came cannot be believed.</exception>
    /// <exception cref="WebFileException">Nothing came.</exception>
    public static async Task<KnownRelease> AskAsync(Uri url, ReleaseKey? key, HttpClient http, TimeProvider time, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            var file = await WebFile.ReadAsync(http, url, null, ReleaseManifest.Largest, linked.Token);
            return ReleaseManifest.Read(file!.Value.Content, url, key, time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WebFileException($"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Asks, where there is somebody to ask.</summary>
    /// <returns>What is known then.</returns>
    /// <exception cref="JobFailedException">Nothing new could be had; what was known stays.</exception>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        if (settings.Mode == UpdateMode.Off)
            return "off";
        if (settings.Url is not { } url)
            return NoSource;
        try
        {
            var release = await AskAsync(url, settings.Key, http, time, cancellation);
            store.Change(state => state with { Newest = Newer(state.Newest, release), CheckedAt = time.GetUtcNow(), CheckFault = null });
            Tell(release);
            return $"{release.Version}, published {release.Published:u}{(release.IsSigned ? "" : ", not checked: no --update.key")}";
        }
        catch (Exception fault) when (fault is ReleaseException or WebFileException)
        {
            store.Change(state => state with { CheckedAt = time.GetUtcNow(), CheckFault = fault.Message });
            throw new JobFailedException(fault.Message);
        }
    }

    /// <summary>An older signed release is a replay of what was once true, and never taken for the newest again.</summary>
    static KnownRelease Newer(KnownRelease? known, KnownRelease release)
    {
        // What nobody signed proves nothing against what somebody did, nor does another publisher's.
        if (known is null || known.SignedBy != release.SignedBy || known.Source != release.Source)
            return release;
        var (before, now) = (known.Parsed(), release.Parsed());
        if (now < before)
            throw new ReleaseException($"the source names {now} although it had named {before}: an old manifest, not taken");
        if (now == before && (release.Published < known.Published || release.Expires < known.Expires))
            throw new ReleaseException($"the source names an older {now} than before: an old manifest, not taken");
        return release;
    }

    void Tell(KnownRelease release)
    {
        if (release.Parsed() > ReleaseVersion.Own && _told != release.Version)
            Log.Newer(logger, release.Version, ReleaseVersion.Own.Text, release.IsSigned ? "signed" : "not checked: no --update.key", FirstLine(release.Notes));
        _told = release.Version;
    }

    static string FirstLine(string notes) => notes.Split('\n')[0];

    static partial class Log
    {
        [LoggerMessage(6336, LogLevel.Warning, "Version {Version} of the miner is there, {Own} runs ({Signed}). {Notes}")]
        public static partial void Newer(ILogger logger, string version, string own, string signed, string notes);
    }
}
