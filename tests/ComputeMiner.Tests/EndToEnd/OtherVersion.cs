using System.Text;

namespace ComputeMiner.Tests.EndToEnd;

/// <summary>The program just built, with another version written over its own.</summary>
static class OtherVersion
{
    public static string Built => Path.Combine(Checkout.Root, "artifacts", "bin", "ComputeMiner", "release_linux-x64");

    /// <summary>Makes it in a directory.</summary>
    /// <param name="version">As long as this one's, so that it can be written in its place.</param>
    /// <param name="directory">Is made.</param>
    public static async Task MakeAsync(string version, string directory)
    {
        Assert.Equal(ProductVersion.Text.Length, version.Length);
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(Built).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
        var program = Path.Combine(directory, "miner.dll");
        var bytes = await File.ReadAllBytesAsync(program, TestContext.Current.CancellationToken);
        // As a custom attribute's one argument: prolog, length, text (ECMA-335, II.23.3).
        byte[] before = [1, 0, (byte)ProductVersion.Text.Length, .. Encoding.UTF8.GetBytes(ProductVersion.Text), 0, 0];
        var places = 0;
        for (var at = bytes.AsSpan().IndexOf(before); at >= 0; at = bytes.AsSpan().IndexOf(before))
        {
            Encoding.UTF8.GetBytes(version).CopyTo(bytes.AsSpan(at + 3));
            places++;
        }
        Assert.NotEqual(0, places);
        await File.WriteAllBytesAsync(program, bytes, TestContext.Current.CancellationToken);
    }
}
