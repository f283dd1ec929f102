using ComputeMiner.Allocations;
using ComputeMiner.Releases;

namespace ComputeMiner.Tests.Releases;

public sealed class UpdateStoreTests : IDisposable
{
    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("{\"trial\":")]
    [InlineData("[]")]
    public void State_FileDamaged_KnowsNothing(string content)
    {
        Directory.CreateDirectory(Path.Combine(_state, UpdateStore.DirectoryName));
        File.WriteAllText(Path.Combine(_state, UpdateStore.DirectoryName, UpdateStore.FileName), content);

        var state = new UpdateStore(_state).State;

        Assert.Equal((null, null, null, 0), (state.Newest, state.Installed, state.Trial, state.Failed.Count));
    }

    /// <summary>A hand or a disk wrote it: what makes no sense is as good as not there, and leads nowhere else.</summary>
    [Theory]
    [InlineData("""{"newest":{}}""")]
    [InlineData("""{"newest":{"version":"newest","published":"2026-01-01T00:00:00Z"}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"file":{}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3"}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"expires":"2027-01-01T00:00:00Z","file":{"url":"miner.tar.gz","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":5}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"expires":"2027-01-01T00:00:00Z","file":{"url":"file:///etc/passwd","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":5}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"expires":"2027-01-01T00:00:00Z","file":{"url":"https://a/b","sha256":"../x","size":5}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"expires":"2027-01-01T00:00:00Z","file":{"url":"https://a/b","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":-5}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[],"expires":"2027-01-01T00:00:00Z","file":{"url":"https://a/b","sha256":"0000000000000000000000000000000000000000000000000000000000000000","size":9000000000000}}}""")]
    [InlineData("""{"newest":{"version":"1.2.3","published":"2026-01-01T00:00:00Z","notes":"","source":"http://a/","platforms":[]}}""")]
    [InlineData("""{"installed":{"version":"1.2.3+/../../elsewhere","digest":"x"},"failed":null}""")]
    [InlineData("""{"installed":{},"trial":{"version":"../elsewhere","digest":"x","from":"1.2.3"},"failed":[null,{}]}""")]
    [InlineData("""{"trial":{"version":"1.2.3"}}""")]
    public void State_PartsThatMakeNoSense_AreForgotten(string content)
    {
        Directory.CreateDirectory(Path.Combine(_state, UpdateStore.DirectoryName));
        File.WriteAllText(Path.Combine(_state, UpdateStore.DirectoryName, UpdateStore.FileName), content);

        var state = new UpdateStore(_state).State;

        Assert.Equal((null, null, null, false), (state.Newest, state.Installed, state.Trial, state.HasFailed("1.2.3")));
        Assert.Empty(state.Failed);
    }

    [Theory]
    [InlineData("""{"installed":{"version":"1.2.3","digest":"x"},"watch":{"version":"1.2.3","before":{"version":"1.0.0"},"quickEnds":2147483647}}""")]
    [InlineData("""{"installed":{"version":"1.2.3","digest":"x"},"watch":{"version":"1.2.3","before":{"version":"../..","digest":"x"},"quickEnds":2147483647}}""")]
    public void State_WatchMakesNoSense_NoDirectoryAndNoOverflowComesOfIt(string content)
    {
        Directory.CreateDirectory(Path.Combine(_state, UpdateStore.DirectoryName));
        File.WriteAllText(Path.Combine(_state, UpdateStore.DirectoryName, UpdateStore.FileName), content);

        Assert.Equal(new ReleaseWatch("1.2.3", default, null, ReleaseWatch.MostQuickEnds), new UpdateStore(_state).State.Watch);
    }

    /// <summary>Killed while the copy is removed: a database without its log must never be put back.</summary>
    [Fact]
    public void Drop_DatabaseCannotBeRemoved_LeavesTheCopyWhole()
    {
        var copy = new LedgerCopy(_state, new UpdateStore(_state).Root);
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        File.WriteAllText(ledger, "old");
        File.WriteAllText(ledger + "-wal", "of the old");
        copy.Take();
        var copied = Path.Combine(new UpdateStore(_state).Root, LedgerCopy.DirectoryName, AllocationLedger.FileName);
        // What something is mounted on cannot be removed, not by root either.
        Run("mount", "--bind", copied, copied);
        try
        {
            Assert.ThrowsAny<IOException>(copy.Drop);
        }
        finally
        {
            Run("umount", copied);
        }

        Assert.True(File.Exists(copied + "-wal"));
    }

    [Fact]
    public void Sweep_Leftovers_AreRemovedAndReleasesKept()
    {
        var store = new UpdateStore(_state);
        store.Change(state => state with { Installed = new("1.0.0", "", default), Trial = new("2.0.0", "", "1.0.0") });
        foreach (var name in (string[])["1.0.0", "2.0.0", "0.9.0", "2.0.0.new"])
            Directory.CreateDirectory(store.PathOf(name));
        File.WriteAllText(store.PathOf("2.0.0.tar.gz"), "half");

        store.Sweep();

        Assert.Equal(["1.0.0", "2.0.0", UpdateStore.FileName], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Fail_ManyReleases_RemembersTheLast()
    {
        var store = new UpdateStore(_state);
        for (var i = 0; i < 30; i++)
            store.Fail($"1.0.{i}", "ended", "rolled back", default);

        Assert.Equal(20, store.State.Failed.Count);
        Assert.True(store.State.HasFailed("1.0.29"));
    }

    [Fact]
    public void Restore_LedgerOfANewerProgram_IsAsItWasWithoutTheNewersLog()
    {
        var copy = new LedgerCopy(_state, new UpdateStore(_state).Root);
        var ledger = Path.Combine(_state, AllocationLedger.FileName);
        File.WriteAllText(ledger, "old");
        copy.Take();
        File.WriteAllText(ledger, "new");
        File.WriteAllText(ledger + "-wal", "of the new");

        copy.Restore();
        File.AppendAllText(ledger, " and on");
        // Only once: what came after it stays.
        copy.Restore();

        Assert.Equal(("old and on", false), (File.ReadAllText(ledger), File.Exists(ledger + "-wal")));
    }

    /// <summary>On a full disk nothing of it is left to keep it full.</summary>
    [Fact]
    public void Take_DiskFull_LeavesNoPartOfACopy()
    {
        var store = new UpdateStore(_state);
        store.Prepare();
        File.WriteAllBytes(Path.Combine(_state, AllocationLedger.FileName), new byte[100_000]);
        using var disk = SmallDisk.At(store.Root, 64);

        Assert.ThrowsAny<IOException>(new LedgerCopy(_state, store.Root).Take);

        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Root));
    }

    /// <summary>What cannot be looked at may be anybody's; what is not there is nobody's yet.</summary>
    [Fact]
    public void FaultOf_CannotBeLookedAt_SaysSo()
    {
        var path = Path.Combine(_state, new string('x', 300));

        Assert.Equal($"{path} cannot be looked at: File name too long", PrivateDirectory.FaultOf(path, isItself: true));
        Assert.Null(PrivateDirectory.FaultOf(Path.Combine(_state, "nothing"), isItself: true));
        Assert.Null(PrivateDirectory.FaultOf(_state, isItself: true));
    }

    static void Run(params string[] words)
    {
        using var process = System.Diagnostics.Process.Start(words[0], words[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
