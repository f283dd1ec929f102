namespace ComputeMiner.Releases;

/// <summary>How it stands with newer versions, for the status.</summary>
/// <param name="Mode">"off", "notify" or "install".</param>
/// <param name="Current">The version that runs.</param>
/// <param name="Newest">The newest one known, which may be older than the current; null when none is.</param>
/// <param name="NewestIsSigned">Whether its signature was verified.</param>
/// <param name="Published">When it was published.</param>
/// <param name="Expires">When its publisher is to have signed a newer one, or this one again; null when none is known.</param>
/// <param name="Notes">What its publisher says of it.</param>
/// <param name="CheckedAt">When the source was last asked.</param>
/// <param name="CheckFault">Why that gave nothing.</param>
/// <param name="State">What is the case and what happens next.</param>
/// <param name="Watch">How the installed version does in its first day; null after it, and where none is installed.</param>
/// <param name="LastResult">What became of the last install.</param>
/// <param name="LastResultAt">When.</param>
/// <param name="AwaySeconds">Seconds in which nothing listened on the axon's port then.</param>
sealed record UpdateStatus(
    string Mode, string Current, string? Newest, bool NewestIsSigned, DateTimeOffset? Published, DateTimeOffset? Expires, string? Notes, DateTimeOffset? CheckedAt, string? CheckFault,
    string State, ReleaseWatchStatus? Watch, string? LastResult, DateTimeOffset? LastResultAt, double? AwaySeconds)
{
    public static UpdateStatus Of(UpdateSettings settings, UpdateState known, string state) => new(
        settings.Mode.ToString().ToLowerInvariant(), ReleaseVersion.Own.Text, known.Newest?.Version, known.Newest is { IsSigned: true } newest && newest.SignedBy == settings.Key?.ToString(),
        known.Newest?.Published, known.Newest?.Expires, known.Newest?.Notes, known.CheckedAt, known.CheckFault, state, ReleaseWatchStatus.Of(known.Watch), known.Result, known.ResultAt, known.AwaySeconds);
}
