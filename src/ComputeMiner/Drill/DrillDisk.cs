using ComputeMiner.Containers;
using ComputeMiner.Demo;

namespace ComputeMiner.Drill;

/// <summary>A small disk in memory for the state directory alone, to be filled and to be made read-only.</summary>
sealed class DrillDisk(string directory) : IAsyncDisposable
{
    const string Source = "computeminer-drill";

    string Filler => Path.Combine(directory, "filler");

    public async Task MountAsync()
    {
        Directory.CreateDirectory(directory);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", Source, directory);
    }

    public void Fill() => Fill(Filler);

    /// <summary>Writes to a file until its disk has no room left.</summary>
    public static void Fill(string file)
    {
        try
        {
            // The last page too: a smaller rest would still take a small file.
            using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var page = new byte[4096];
            while (true)
                filler.Write(page);
        }
        catch (IOException)
        {
            // Full, as it was to be.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public Task RefuseWritesAsync() => RunAsync("mount", "-o", "remount,ro", directory);

    public Task TakeWritesAsync() => RunAsync("mount", "-o", "remount,rw", directory);

    public async ValueTask DisposeAsync() =>
        await HostProgram.RunAsync("umount", ["-l", directory], "", TimeProvider.System, CancellationToken.None);

    static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await HostProgram.RunAsync(program, arguments, "", TimeProvider.System, CancellationToken.None);
        Demand.That(result.Good, $"{program} {string.Join(' ', arguments)}: {result.Errors}");
    }
}
