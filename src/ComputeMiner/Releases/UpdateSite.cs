namespace ComputeMiner.Releases;

/// <summary>What an install needs beside the machine.</summary>
/// <param name="Settings">What the operator wants.</param>
/// <param name="Store">Where releases are kept.</param>
/// <param name="Check">Asks for the newest.</param>
/// <param name="Download">Fetches it.</param>
/// <param name="Test">Tries it out.</param>
/// <param name="IsPasswordTyped">Somebody typed the hotkey's password: a new version could not start without asking again.</param>
sealed record UpdateSite(
    UpdateSettings Settings, UpdateStore Store, UpdateCheck Check, ReleaseDownload Download, CandidateTest Test, bool IsPasswordTyped)
{
    /// <summary>Why nothing can be installed here, whatever there is; null when it can.</summary>
    public string? Obstacle =>
        Settings.Mode == UpdateMode.Off ? "off: --update off"
        : Settings.Url is null ? UpdateCheck.NoSource
        : Settings.Key is null ? "nothing is installed without --update.key, the publisher's public key"
        : IsPasswordTyped ? "the hotkey's password was typed, and a new version could not start by itself: give --wallet.password-file"
        : null;
}
