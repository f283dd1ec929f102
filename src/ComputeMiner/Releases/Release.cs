using System.Text.Json;

namespace ComputeMiner.Releases;

/// <summary>What a manifest's file holds: the bytes that are signed, and the signature.</summary>
/// <param name="Release">The bytes of a <see cref="ReleaseStatement"/> in base64.</param>
/// <param name="Signature">Ed25519 over those bytes, in base64; null or empty when nobody signed.</param>
sealed record SignedStatement(string? Release, string? Signature);

/// <summary>What a publisher says of a release, as it stands in the manifest; nothing of it is checked yet.</summary>
sealed record ReleaseStatement(string? Version, DateTimeOffset? Published, string? Notes, IReadOnlyList<StatedFile?>? Files, JsonElement? Expires);

/// <summary>One platform's archive, as it stands in the manifest.</summary>
sealed record StatedFile(string? Rid, string? Url, string? Sha256, long? Size);

/// <summary>A release as it is known here, checked.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Published">When, as the publisher says.</param>
/// <param name="Notes">What is new, for a person.</param>
/// <param name="SignedBy">The public key that the manifest's signature was verified with; null when nobody gave one, and nobody can say.</param>
/// <param name="File">The archive for this platform; null when there is none.</param>
/// <param name="Platforms">Those there are archives for.</param>
/// <param name="Source">The address of the manifest.</param>
/// <param name="Expires">When its publisher is to have signed a newer one, or this one again.</param>
sealed record KnownRelease(
    string Version, DateTimeOffset Published, string Notes, string? SignedBy, ReleaseFile? File, IReadOnlyList<string> Platforms, string Source,
    DateTimeOffset Expires)
{
    public bool IsSigned => SignedBy is not null;

    /// <summary>What is wrong with it by now; null before its end. Whoever serves an old manifest for ever keeps its readers on what was new then.</summary>
    public string? PastItsEnd(DateTimeOffset now)
    {
        if (now < Expires)
            return null;
        var days = (int)Math.Ceiling((now - Expires).TotalDays);
        return $"the list of releases is {days} day{(days == 1 ? "" : "s")} past its end ({Expires:u}): whoever serves it may hold newer ones back, its publisher signed no newer one, or this machine's clock is wrong";
    }

    public ReleaseVersion Parsed() => ReleaseVersion.TryParse(Version, out var version) ? version : throw new FormatException($"'{Version}' is no version.");
}

/// <summary>A release's archive for this platform.</summary>
/// <param name="Url">From where.</param>
/// <param name="Sha256">Of its bytes, in hex.</param>
/// <param name="Size">How many they are.</param>
sealed record ReleaseFile(Uri Url, string Sha256, long Size);
