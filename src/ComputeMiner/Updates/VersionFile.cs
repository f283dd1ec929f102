using System.Text;

namespace ComputeMiner.Updates;

/// <summary>
/// The reference repository's version file, asked for at most once an hour and kept in the state directory. A failure costs nothing but
/// age: what was read last stands.
/// </summary>
sealed class VersionFile(Uri? url, string stateDirectory, HttpClient http, TimeProvider time)
{
    public const string FileName = "subnet-versions.json";

    /// <summary>The real one is 5 kB.</summary>
    public const int LargestFile = 256 * 1024;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly TimeSpan Freshness = TimeSpan.FromHours(1);

    readonly JsonStateFile<KnownVersions> _file = new(Path.Combine(stateDirectory, FileName), UpdatesJson.Default.KnownVersions);
    KnownVersions? _known;

    /// <summary>Asks when it is time to; the fault is null when what is known is not older than an hour.</summary>
    /// <returns>What is known (null when the file was never read), and why it is not newer.</returns>
    public async Task<(KnownVersions? Known, string? Fault)> ReadAsync(CancellationToken cancellation)
    {
        if (url is null)
            return (null, "not asked for: --census.url is off");
        _known ??= _file.Read();
        // Another address is another file.
        if (_known?.Url != url.AbsoluteUri)
            _known = null;
        if (_known is { } fresh && (time.GetUtcNow() - fresh.ReadAt).Duration() < Freshness)
            return (fresh, null);
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
            _known = await AskAsync(url, linked.Token);
            _file.Write(_known);
            return (_known, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (_known, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (WebFileException fault)
        {
            return (_known, fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (_known, $"it cannot be kept: {fault.Message}");
        }
    }

    async Task<KnownVersions> AskAsync(Uri address, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (await WebFile.ReadAsync(http, address, _known?.ETag, LargestFile, cancellation) is not { } file)
            return _known! with { ReadAt = now };
        return PublishedVersions.Parse(Encoding.UTF8.GetString(file.Content)) is { } versions
            ? new KnownVersions(address.AbsoluteUri, file.ETag, now, versions)
            : throw new WebFileException("it names no version");
    }
}
