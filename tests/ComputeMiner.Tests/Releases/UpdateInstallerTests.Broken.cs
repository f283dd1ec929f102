using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ComputeMiner.Releases;

namespace ComputeMiner.Tests.Releases;

/// <summary>Releases that cannot be used, each for another reason.</summary>
public sealed partial class UpdateInstallerTests
{
    public static TheoryData<string, string, bool> Broken => new()
    {
        { "another version", $"release {Version} says that it is 'miner 2.0.9'", true },
        { "command line", $"release {Version} does not take this miner's command line: exit code 2, no such flag", true },
        { "self-test", $"release {Version} failed its self-test: exit code 1, error: ledger: no libe_sqlite3", true },
        { "starts nothing", $"release {Version} does not start here: ", true },
        { "no program", $"release {Version} does not start here: ", true },
        { "not executable", $"release {Version} does not start here: ", true },
        { "hangs", $"release {Version} does not start here: no end of it within 60 s", true },
        { "path out", $"release {Version} holds '../../miner', which leads out of its directory", true },
        { "absolute path", $"release {Version} holds '/tmp/computeminer-evil', which leads out of its directory", true },
        { "symbolic link", $"release {Version} holds 'miner', which is a SymbolicLink: only files and directories are allowed", true },
        { "hard link", $"release {Version} holds 'miner', which is a HardLink: only files and directories are allowed", true },
        { "name with a null", $"release {Version} holds 'mi?ner', which leads out of its directory", true },
        { "twice", $"release {Version} holds 'miner' twice", true },
        { "many files", $"release {Version} has more than 2000 files", true },
        { "no archive", $"release {Version} is no archive that can be read", true },
        { "half an archive", $"release {Version} is no archive that can be read", true },
        { "tampered archive", $"release {Version} was not installed: has an archive that is not the one its publisher signed", false },
        { "longer archive", $"release {Version} was not installed: it is longer than", false },
        { "shorter archive", $"release {Version} was not installed: has an archive that is not the one its publisher signed", false },
        { "cut", $"release {Version} was not installed: ", false },
        { "404", $"release {Version} was not installed: HTTP 404", false },
        { "moved to plain text", $"release {Version} was not installed: a redirection to an address that is not https", false },
        { "slow", $"release {Version} was not installed: the archive did not come within 10 minutes", false },
        { "bomb", $"release {Version} is larger unpacked than a release may be", true },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task RoundAsync_BrokenRelease_SaysWhyAndTheMachineIsFreeAgain(string what, string said, bool isFinal)
    {
        Publish(what);
        await CheckAsync();
        Sabotage(what);

        var round = _installer.RoundAsync(Cancellation);
        await Condition.UntilAsync(() =>
        {
            if (what is "hangs" or "slow")
                _machine.Time.Advance(TimeSpan.FromSeconds(1));
            return round.IsCompleted;
        });
        await round;

        Assert.StartsWith(said, _store.State.Result, StringComparison.Ordinal);
        Assert.Equal((isFinal, 0, true), (_store.State.HasFailed(Version), _handedOver, _machine.Allocator.IsFree));
        Assert.False(File.Exists("/tmp/computeminer-evil"));
        Assert.Equal([UpdateStore.FileName], Directory.EnumerateFileSystemEntries(_store.Root).Select(Path.GetFileName));
        Assert.Equal(1, _logs.Count(6339));

        // The next look leaves it alone; a better version later is taken.
        (_server.CutAfter, _server.Gate) = (null, Task.CompletedTask);
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _logs.Count(6339));
        _machine.Time.Advance(TimeSpan.FromMinutes(16));
        _publisher.Publish(_server, "2.1.1");
        await CheckAsync();
        await _installer.RoundAsync(Cancellation);
        Assert.Equal(1, _handedOver);
    }

    void Publish(string what)
    {
        string Script(string word, string answer) => $"[ \"$1\" = {word} ] && {{ {answer}; }}\n{Publisher.Good}";
        byte[]? archive = what switch
        {
            "another version" => Publisher.ArchiveOf(Version, Script("--version", "echo miner 2.0.9; exit 0")),
            "command line" => Publisher.ArchiveOf(Version, Script("--check", "echo no such flag >&2; exit 2")),
            "self-test" => Publisher.ArchiveOf(Version, Script("self-test", "echo error: ledger: no libe_sqlite3 >&2; exit 1")),
            "starts nothing" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, "#!/no/such/thing\n")),
            "no program" => Publisher.ArchiveOf(("readme", TarEntryType.RegularFile, "hello")),
            "not executable" => Publisher.ArchiveOf(("miner", TarEntryType.Directory, "")),
            "hangs" => Publisher.ArchiveOf(Version, "exec sleep 1000"),
            "path out" => Publisher.ArchiveOf(("../../miner", TarEntryType.RegularFile, "x")),
            "absolute path" => Publisher.ArchiveOf(("/tmp/computeminer-evil", TarEntryType.RegularFile, "x")),
            "symbolic link" => Publisher.ArchiveOf(("miner", TarEntryType.SymbolicLink, "/bin/sh"), ("miner/x", TarEntryType.RegularFile, "x")),
            "hard link" => Publisher.ArchiveOf(("a", TarEntryType.RegularFile, "x"), ("miner", TarEntryType.HardLink, "/etc/passwd")),
            "name with a null" => Publisher.ArchiveOf(("mi\0ner", TarEntryType.RegularFile, "x")),
            "twice" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, "x"), ("miner", TarEntryType.RegularFile, "y")),
            "many files" => Publisher.ArchiveOf([.. Enumerable.Range(0, 2001).Select(i => ($"d/{i}", TarEntryType.RegularFile, ""))]),
            "bomb" => Bomb(),
            "no archive" => "this is no archive"u8.ToArray(),
            "half an archive" => Publisher.ArchiveOf(("miner", TarEntryType.RegularFile, Convert.ToHexString(new Random(1).GetItems<byte>([1, 2, 3, 4], 9999))))[..500],
            _ => null,
        };
        _publisher.Publish(_server, Version, archive, release => release["files"]![0]!["size"] =
            (int)release["files"]![0]!["size"]! + (what == "longer archive" ? -1 : what == "shorter archive" ? 1 : 0));
    }

    void Sabotage(string what)
    {
        var name = $"miner-{Version}.tar.gz";
        if (what == "tampered archive")
        {
            var archive = Publisher.ArchiveOf(Version, Publisher.Good);
            archive[^9] ^= 1;
            _server.Put(name, archive);
        }
        else if (what == "moved to plain text")
            _server.Moved[name] = "http://releases.invalid/" + name;
        else if (what == "slow")
            _server.Gate = new TaskCompletionSource().Task;
        else if (what == "cut")
            _server.CutAfter = 100;
        else if (what == "404")
            _server.Moved[name] = "/nothing";
    }

    /// <summary>Says that 2 GiB follow. Name, size, checksum, kind and format lie where POSIX.1 ustar has them.</summary>
    static byte[] Bomb()
    {
        var header = new byte[512];
        "miner"u8.CopyTo(header);
        "0000755\0"u8.CopyTo(header.AsSpan(100));
        "20000000000\0"u8.CopyTo(header.AsSpan(124));
        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        "        0"u8.CopyTo(header.AsSpan(148));
        "ustar\0"u8.CopyTo(header.AsSpan(257));
        "00"u8.CopyTo(header.AsSpan(263));
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ").CopyTo(header.AsSpan(148));
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(header);
        return bytes.ToArray();
    }
}
