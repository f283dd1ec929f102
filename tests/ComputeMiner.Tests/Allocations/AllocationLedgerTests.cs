using ComputeMiner.Allocations;
using Microsoft.Data.Sqlite;

namespace ComputeMiner.Tests.Allocations;

public sealed class AllocationLedgerTests : IDisposable
{
    readonly TemporaryDirectory _scratch = new();
    readonly string _directory;

    public AllocationLedgerTests() => _directory = _scratch.At("state");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Open_Fresh_IsReadableForThisUserOnly()
    {
        using var ledger = AllocationLedger.Open(_directory);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        Assert.All(Directory.GetFiles(_directory), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Contains(Path.Combine(_directory, AllocationLedger.FileName), Directory.GetFiles(_directory));
    }

    [Fact]
    public void Write_Allocation_SurvivesReopening()
    {
        var allocation = Some("a");
        using (var ledger = AllocationLedger.Open(_directory))
        {
            ledger.Write(allocation with { State = AllocationState.Reserving, ContainerId = null });
            ledger.Write(allocation);
        }

        using var again = AllocationLedger.Open(_directory);
        Assert.Equal(allocation, again.Read());
        again.Delete(Some("a"), Some("a").Started);
        Assert.Null(again.Read());
    }

    [Fact]
    public void Write_SecondHolder_IsRefusedByTheDatabaseItself()
    {
        using var ledger = AllocationLedger.Open(_directory);
        ledger.Write(Some("a"));

        Assert.Throws<LedgerException>(() => ledger.Write(Some("b")));

        Assert.Equal("a", ledger.Read()!.Id);
    }

    [Fact]
    public void Open_NewerVersion_IsRefusedAndLeftAsItIs()
    {
        AllocationLedger.Open(_directory).Dispose();
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, AllocationLedger.FileName)};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        var fault = Assert.Throws<LedgerException>(() => AllocationLedger.Open(_directory));

        Assert.Contains("version 99", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDirectoryPossible_NamesTheFile()
    {
        var file = _scratch.At("file");
        File.WriteAllText(file, "");

        var fault = Assert.Throws<LedgerException>(() => AllocationLedger.Open(Path.Combine(file, "state")));

        Assert.Contains(AllocationLedger.FileName, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OfWhatIsOver_ChangesNothing()
    {
        using var ledger = AllocationLedger.Open(_directory);
        var allocation = Some("a");
        Assert.True(ledger.Write(allocation));
        ledger.WriteReleased(allocation, allocation.Started);

        Assert.False(ledger.Write(allocation with { State = AllocationState.Paused }));

        Assert.Equal(AllocationState.Releasing, ledger.Read()!.State);
    }

    [Fact]
    public void Open_WhileAnotherHasIt_IsRefused()
    {
        using var first = AllocationLedger.Open(_directory);

        var fault = Assert.Throws<LedgerException>(() => AllocationLedger.Open(_directory));

        Assert.Contains("another miner", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NotADatabase_SaysToMoveItAwayAndLeavesItAsItIs()
    {
        var path = Path.Combine(Directory.CreateDirectory(_directory).FullName, AllocationLedger.FileName);
        File.WriteAllText(path, new string('x', 8192));

        var fault = Assert.Throws<LedgerException>(() => AllocationLedger.Open(_directory));

        Assert.Contains("Move it away", fault.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 8192), File.ReadAllText(path));
    }

    [Theory]
    [InlineData("kind", "loan")]
    [InlineData("hotkey", "nobody")]
    [InlineData("expires", "tomorrow")]
    public void Read_UnreadableValue_IsADamagedLedger(string column, string value)
    {
        using (var ledger = AllocationLedger.Open(_directory))
            ledger.Write(Some("a"));
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, AllocationLedger.FileName)};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the data of this test.
            command.CommandText = $"UPDATE allocation SET {column} = '{value}'";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        using var again = AllocationLedger.Open(_directory);

        var fault = Assert.Throws<LedgerException>(again.Read);

        Assert.Contains("damaged", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RestoreFile_DirectoryDeleted_HoldsAllAgain()
    {
        using (var ledger = AllocationLedger.Open(_directory))
        {
            ledger.Write(Some("a"));
            ledger.WriteReleased(Some("b"), Some("b").Started);
            ledger.WriteClock(_reading);
            Assert.False(ledger.RestoreFile());
            Directory.Delete(_directory, recursive: true);

            Assert.True(ledger.RestoreFile());

            Assert.False(ledger.RestoreFile());
            ledger.Write(Some("a") with { State = AllocationState.Paused });
        }
        using var again = AllocationLedger.Open(_directory);
        Assert.Equal(Some("a") with { State = AllocationState.Paused }, again.Read());
        Assert.Equal("b", Assert.Single(again.ReadReleased(Some("b").Started)).Id);
        Assert.Equal(_reading, again.ReadClock());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, AllocationLedger.FileName)));
    }

    [Fact]
    public void Claim_AllocationOfAnotherHotkey_StopsTheStartUntilItIsOver()
    {
        using (var first = AllocationLedger.Open(_directory))
        {
            first.Claim("5First");
            first.Write(Some("a"));
        }
        using var ledger = AllocationLedger.Open(_directory);

        var fault = Assert.Throws<LedgerException>(() => ledger.Claim("5Second"));
        Assert.Contains("5First", fault.Message, StringComparison.Ordinal);
        ledger.Claim("5First");
        Assert.Equal(Some("a"), ledger.Read());
        ledger.Delete(Some("a"), Some("a").Started);
        ledger.Claim("5Second");
        ledger.Write(Some("b"));
        Assert.Throws<LedgerException>(() => ledger.Claim("5First"));
    }

    readonly ClockReading _reading = new(
        new ComputeMiner.Containers.BootMoment("boot", TimeSpan.FromSeconds(1.25)), Some("").Started.AddTicks(1), Some("").Started.AddDays(1));

    static Allocation Some(string id)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var hotkey = Bittensor.Keys.Keypair.FromUri("//Alice").Hotkey;
        return new Allocation(id, AllocationKind.Rental, AllocationState.Running, "owner", hotkey, start, start.AddDays(1), "container");
    }
}
