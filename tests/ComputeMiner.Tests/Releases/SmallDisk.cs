using System.Diagnostics;
using System.Globalization;

namespace ComputeMiner.Tests.Releases;

/// <summary>A file system of its own over a directory, which is soon full. What the directory holds is copied there.</summary>
sealed class SmallDisk : IDisposable
{
    readonly string _path;

    SmallDisk(string path) => _path = path;

    public static SmallDisk At(string path, int kibibytes)
    {
        var before = Directory.EnumerateFiles(path).ToDictionary(file => file, File.ReadAllBytes);
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"mode=0700,size={kibibytes}k"), "computeminer-tests", path);
        foreach (var (file, content) in before)
            File.WriteAllBytes(file, content);
        return new SmallDisk(path);
    }

    public void Dispose() => Run("umount", _path);

    static void Run(params string[] words)
    {
        using var process = Process.Start(words[0], words[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
