using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Releases;

/// <summary>Tells whether an unpacked release is still what it was: one digest over names, rights and contents.</summary>
static class ReleaseTree
{
    /// <summary>Hex digits; null when the directory cannot be read.</summary>
    public static string? Digest(string directory)
    {
        try
        {
            using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                using var file = File.OpenRead(path);
                var line = $"{Path.GetRelativePath(directory, path)}\0{file.Length}\0{IsExecutable(path)}\0{Convert.ToHexStringLower(SHA256.HashData(file))}\n";
                all.AppendData(Encoding.UTF8.GetBytes(line));
            }
            return Convert.ToHexStringLower(all.GetHashAndReset());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static bool IsExecutable(string path) => (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
}
