using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ComputeMiner.Releases;
using ComputeMiner.Tests.Updates;

namespace ComputeMiner.Tests.Releases;

/// <summary>Whoever publishes releases: signs with OpenSSL, and puts manifest and archive on a server.</summary>
sealed class Publisher : IDisposable
{
    public const string Manifest = "manifest.json";

    /// <summary>A program that passes every test and does nothing.</summary>
    public const string Good = """
        case "$1" in
          --version) echo "miner VERSION" ;;
          --check | self-test) ;;
          *) exit 1 ;;
        esac
        """;

    readonly string _directory = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public Publisher()
    {
        Run("genpkey", "-algorithm", "ed25519", "-out", KeyFile);
        Run("pkey", "-in", KeyFile, "-pubout", "-outform", "DER", "-out", Path.Combine(_directory, "public"));
        Key = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(_directory, "public"))[^32..]);
    }

    /// <summary>For --update.key.</summary>
    public string Key { get; }

    public ReleaseKey Public => ReleaseKey.TryParse(Key, out var key) ? key : throw new FormatException(Key);

    public string KeyFile => Path.Combine(_directory, "key.pem");

    public DateTimeOffset Published { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An archive with one program of shell.</summary>
    public static byte[] ArchiveOf(string version, string script) => ArchiveOf(
        ("miner", TarEntryType.RegularFile, "#!/bin/sh\n" + script.Replace("VERSION", version, StringComparison.Ordinal)));

    public static byte[] ArchiveOf(params (string Name, TarEntryType Type, string Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (name, type, content) in entries)
            {
                var entry = new PaxTarEntry(type, name)
                {
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    // The same bytes each time: a moment of now is longer or shorter.
                    ModificationTime = DateTimeOffset.UnixEpoch,
                };
                if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                    entry.LinkName = content;
                else if (type is TarEntryType.RegularFile)
                    entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                tar.WriteEntry(entry);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>Signs and publishes; the last two change what is said or how it goes out.</summary>
    public Uri Publish(
        FileServer server, string version, byte[]? archive = null, Action<JsonObject>? change = null, Func<JsonObject, JsonObject>? tamper = null)
    {
        archive ??= ArchiveOf(version, Good);
        var file = new JsonObject
        {
            ["rid"] = ReleaseManifest.Platform,
            ["url"] = $"miner-{version}.tar.gz",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(archive)),
            ["size"] = archive.Length,
        };
        var release = new JsonObject
        {
            ["version"] = version,
            ["published"] = Published.ToString("O"),
            ["expires"] = "2099-01-01T00:00:00Z",
            ["notes"] = $"Notes of {version}.",
            ["files"] = new JsonArray(file),
        };
        change?.Invoke(release);
        var bytes = Encoding.UTF8.GetBytes(release.ToJsonString());
        var manifest = new JsonObject { ["release"] = Convert.ToBase64String(bytes), ["signature"] = Convert.ToBase64String(Sign(bytes)) };
        server.Put($"miner-{version}.tar.gz", archive);
        return server.Put(Manifest, (tamper?.Invoke(manifest) ?? manifest).ToJsonString());
    }

    public byte[] Sign(byte[] message)
    {
        var (plain, signature) = (Path.Combine(_directory, "message"), Path.Combine(_directory, "signature"));
        File.WriteAllBytes(plain, message);
        Run("pkeyutl", "-sign", "-rawin", "-inkey", KeyFile, "-in", plain, "-out", signature);
        return File.ReadAllBytes(signature);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    static void Run(params string[] words)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", words) { RedirectStandardError = true })!;
        var errors = openssl.StandardError.ReadToEnd();
        openssl.WaitForExit();
        Assert.True(openssl.ExitCode == 0, errors);
    }
}
