using System.Security.Cryptography;
using ComputeMiner.Updates;

namespace ComputeMiner.Releases;

/// <summary>Gets a release's archive, and gives it away only when it is the one that was signed.</summary>
sealed class ReleaseDownload(UpdateStore store, HttpClient http, TimeProvider time)
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How much of the disk a release takes, in sizes of its archive: itself, and what is in it (about three; a program shrinks by two thirds).</summary>
    const int Share = 5;

    /// <summary>The archive's path. One that is there whole from an earlier attempt is not asked for again.</summary>
    /// <exception cref="ReleaseException">It is not the archive that was signed, or there is no room for it.</exception>
    /// <exception cref="WebFileException">It did not come.</exception>
    public async Task<string> FetchAsync(KnownRelease release, ReleaseFile file, CancellationToken cancellation)
    {
        store.Prepare();
        var path = store.PathOf(release.Version + ".tar.gz");
        if (File.Exists(path) && await HashAsync(path, cancellation) == file.Sha256)
            return path;
        RequireRoom(file.Size);
        using var patience = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await CopyAsync(file, path, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new WebFileException($"the archive did not come within {Patience.TotalMinutes:0} minutes");
        }
        return path;
    }

    // The ledger may lie on the same disk: it is not filled to find out that it is too small.
    void RequireRoom(long archive)
    {
        var free = new DriveInfo(store.Root).AvailableFreeSpace;
        if (free < Share * archive)
            throw new ReleaseException($"needs {Mebibytes(Share * archive)} MiB in {store.Root}, where {free >> 20} MiB are free: make room there");
    }

    static long Mebibytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    async Task CopyAsync(ReleaseFile file, string path, CancellationToken cancellation)
    {
        using var hash = SHA256.Create();
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var target = new FileStream(path, options);
        await using (var hashed = new CryptoStream(target, hash, CryptoStreamMode.Write, leaveOpen: true))
            await WebFile.CopyAsync(http, file.Url, hashed, file.Size, cancellation);
        if (target.Length != file.Size || Convert.ToHexStringLower(hash.Hash!) != file.Sha256)
            throw new ReleaseException("has an archive that is not the one its publisher signed (SHA-256 differs)");
    }

    static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}
