using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ComputeMiner.Releases;

/// <summary>Reads the manifest of a release; whatever is wrong with it is said.</summary>
static class ReleaseManifest
{
    /// <summary>Bytes of a manifest.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>Bytes of an archive. The whole program is 60 MiB.</summary>
    public const long LargestArchive = 512L << 20;

    const int MostPlatforms = 32;
    const int LongestNotes = 4000;

    /// <summary>Of the year 9999.</summary>
    const long LastSecond = 253_402_300_799;

    /// <summary>The platform this program was built for.</summary>
    public static string Platform => RuntimeInformation.RuntimeIdentifier;

    /// <exception cref="ReleaseException">It cannot be believed, or says nothing of use.</exception>
    public static KnownRelease Read(byte[] manifest, Uri source, ReleaseKey? key, DateTimeOffset now)
    {
        var signed = Parse(manifest, ReleasesJson.Default.SignedStatement, "the manifest is no JSON object of release and signature");
        if (Decode(signed.Release) is not { Length: > 0 } bytes)
            throw new ReleaseException("the manifest has no release in base64");
        if (key is not null)
            Verify(key, bytes, signed.Signature);
        var statement = Parse(bytes, ReleasesJson.Default.ReleaseStatement, "what the manifest says of the release is no JSON");
        if (!ReleaseVersion.TryParse(statement.Version, out var version))
            throw new ReleaseException("the manifest names no version such as 1.2.3");
        if (statement.Published is not { } published)
            throw new ReleaseException("the manifest does not say when the release was published");
        var files = statement.Files ?? [];
        if (files.Count is 0 or > MostPlatforms)
            throw new ReleaseException($"the manifest names {files.Count} files; 1 to {MostPlatforms} are allowed");
        var own = files.FirstOrDefault(file => file?.Rid == Platform);
        var release = new KnownRelease(
            version.Text, published, ForTerminal(statement.Notes ?? ""), key?.ToString(), own is null ? null : Check(own, source),
            [.. files.Select(file => ForTerminal(file?.Rid ?? "?"))], source.AbsoluteUri, ReadEnd(statement.Expires));
        return release.PastItsEnd(now) is { } fault ? throw new ReleaseException(fault) : release;
    }

    static void Verify(ReleaseKey key, byte[] bytes, string? signature)
    {
        if (string.IsNullOrEmpty(signature))
            throw new ReleaseException("the manifest is not signed, and --update.key asks for a signature");
        if (!key.Signed(bytes, Decode(signature) ?? []))
            throw new ReleaseException("the manifest's signature does not verify with --update.key: another key made it, or it was changed on its way");
    }

    static ReleaseFile Check(StatedFile file, Uri source)
    {
        if (file.Size is not (> 0 and <= LargestArchive))
            throw new ReleaseException($"the manifest says an archive has {file.Size} bytes; 1 to {LargestArchive} are allowed");
        if (file.Sha256 is not { Length: 64 } hash || !hash.All(char.IsAsciiHexDigit))
            throw new ReleaseException("the manifest has no SHA-256 in hex for the archive");
        if (!Uri.TryCreate(source, file.Url, out var url) || !Updates.WebFile.IsTrusted(url))
            throw new ReleaseException("the archive's address in the manifest is not https");
        return new ReleaseFile(url, hash.ToLowerInvariant(), file.Size.Value);
    }

    // Seconds since 1970, or ISO 8601. One without an end could be shown for ever to a machine that has asked nobody before.
    static DateTimeOffset ReadEnd(JsonElement? stated)
    {
        if (stated is not { ValueKind: not JsonValueKind.Null } end)
            throw new ReleaseException("the manifest does not say until when it is to be believed");
        if (end.ValueKind == JsonValueKind.Number && end.TryGetInt64(out var seconds) && seconds is >= 0 and <= LastSecond)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (end.ValueKind == JsonValueKind.String && end.TryGetDateTimeOffset(out var time))
            return time.ToUniversalTime();
        throw new ReleaseException("the manifest names no time after which it is not to be believed, but something else");
    }

    /// <summary>An archive such as a manifest may name.</summary>
    public static bool IsSound(ReleaseFile file) => file is { Size: > 0 and <= LargestArchive, Sha256.Length: 64, Url.IsAbsoluteUri: true }
        && file.Sha256.All(char.IsAsciiHexDigit) && Updates.WebFile.IsTrusted(file.Url);

    static T Parse<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string fault)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ReleaseException(fault);
        }
        catch (JsonException wrong)
        {
            throw new ReleaseException(fault, inner: wrong);
        }
    }

    static byte[]? Decode(string? text)
    {
        if (text is null || !Base64.IsValid(text, out var length))
            return null;
        var bytes = new byte[length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }

    // A stranger's text on the operator's terminal: no escape sequences.
    static string ForTerminal(string text)
    {
        var shown = string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? ' ' : c));
        return shown.Length <= LongestNotes ? shown : shown[..LongestNotes] + "…";
    }
}
