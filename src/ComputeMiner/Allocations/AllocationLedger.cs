using System.Globalization;
using Bittensor.Keys;
using ComputeMiner.Containers;
using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

/// <summary>
/// The durable record of who holds the machine: at most one allocation, and what was released lately. A call that returned is on disk.
/// One writer: the <see cref="Allocator"/> and, before it starts, the reconciler.
/// </summary>
sealed class AllocationLedger : IDisposable
{
    public const string FileName = "ledger.db";

    // A caller that takes and returns the machine all day fills no disk.
    const int MostEnded = 10_000;

    readonly LedgerDatabase _database;
    readonly Crossing? _crossing;

    AllocationLedger(LedgerDatabase database, Crossing? crossing) => (_database, _crossing) = (database, crossing);

    /// <summary>Opens the ledger of a state directory, making both when missing; only this user may read them.</summary>
    /// <exception cref="LedgerException">
    /// The directory cannot be used, another process has the ledger, it is damaged, or it was written by a newer version.
    /// </exception>
    public static AllocationLedger Open(string stateDirectory, Crossing? crossing = null) =>
        new(LedgerDatabase.Open(Path.Combine(stateDirectory, FileName)), crossing);

    /// <summary>
    /// Says whose ledger this is. An allocation of another hotkey stops the start: only the miner that made it can keep it, as its caller's
    /// requests are addressed to that hotkey.
    /// </summary>
    /// <exception cref="LedgerException">The ledger holds an allocation of another miner's.</exception>
    public void Claim(string instance)
    {
        var other = _database.Run("SELECT instance FROM claim WHERE instance <> $instance AND EXISTS (SELECT 1 FROM allocation)", command =>
        {
            command.Bind("$instance", instance);
            return (string?)command.ExecuteScalar();
        });
        if (other is not null)
            throw new LedgerException(
                $"The ledger {_database.Path} holds an allocation made under the hotkey {other}…, and its renter keeps the machine. Start the miner with that hotkey until it is over, or give this hotkey a state directory of its own.");
        _database.Run("INSERT INTO claim (slot, instance) VALUES (1, $instance) ON CONFLICT (slot) DO UPDATE SET instance = excluded.instance", command =>
        {
            command.Bind("$instance", instance);
            return command.ExecuteNonQuery();
        });
    }

    /// <summary>Makes the file again with all that is in it when somebody deleted it; true when that was needed.</summary>
    public bool RestoreFile() => _database.RestoreFile();

    /// <summary>The last moment written down, or null.</summary>
    public ClockReading? ReadClock() => _database.Run("SELECT boot, uptime, rental, wall FROM clock", command =>
    {
        using var row = command.ExecuteReader();
        return row.Read()
            ? new ClockReading(
                new BootMoment(row.GetString(0), TimeSpan.FromTicks(row.GetInt64(1))), ReadTime(row.GetString(2)), ReadTime(row.GetString(3)))
            : null;
    });

    /// <summary>Writes down what time it is, so that a later process goes on counting from here.</summary>
    public void WriteClock(ClockReading now) => _database.Run(
        "INSERT OR REPLACE INTO clock (slot, boot, uptime, rental, wall) VALUES (1, $boot, $uptime, $rental, $wall)",
        command =>
        {
            command.Bind("$boot", now.Boot.Boot);
            command.Parameters.AddWithValue("$uptime", now.Boot.Uptime.Ticks);
            command.Bind("$rental", WriteTime(now.Rental));
            command.Bind("$wall", WriteTime(now.Wall));
            return command.ExecuteNonQuery();
        });

    /// <summary>The allocation that holds the machine, or null.</summary>
    public Allocation? Read() => _database.Run("SELECT id, kind, state, owner, hotkey, started, expires, container FROM allocation", command =>
    {
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;
        return new Allocation(
            row.GetString(0),
            Enum.Parse<AllocationKind>(row.GetString(1)),
            Enum.Parse<AllocationState>(row.GetString(2)),
            row.GetString(3),
            Hotkey.Parse(row.GetString(4)),
            ReadTime(row.GetString(5)),
            ReadTime(row.GetString(6)),
            row.IsDBNull(7) ? null : row.GetString(7));
    });

    /// <summary>
    /// Writes the allocation, new or changed; false when the ledger has it as over, which stays. Another one in the ledger is an error: the
    /// machine has one holder.
    /// </summary>
    public bool Write(Allocation allocation) => Cross(
        PointOf(allocation.State),
        """
        INSERT INTO allocation (slot, id, kind, state, owner, hotkey, started, expires, container)
        VALUES (1, $id, $kind, $state, $owner, $hotkey, $started, $expires, $container)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires = excluded.expires, container = excluded.container
            WHERE allocation.state <> 'Releasing'
        """,
        command =>
        {
            command.Bind("$id", allocation.Id);
            command.Bind("$kind", allocation.Kind.ToString());
            command.Bind("$state", allocation.State.ToString());
            command.Bind("$owner", allocation.Owner);
            command.Bind("$hotkey", allocation.Hotkey.ToString());
            command.Bind("$started", WriteTime(allocation.Started));
            command.Bind("$expires", WriteTime(allocation.Expires));
            command.Bind("$container", allocation.ContainerId);
            return command.ExecuteNonQuery() > 0;
        });

    /// <summary>Takes an allocation out without saying that it is over: nothing but this ledger knows it.</summary>
    public void Drop(string id) => _database.Run("DELETE FROM allocation WHERE id = $id", command =>
    {
        command.Bind("$id", id);
        return command.ExecuteNonQuery();
    });

    /// <summary>Writes that the allocation is over, and remembers that its owner may ask again, in one transaction.</summary>
    public void WriteReleased(Allocation over, DateTimeOffset now) => Cross(
        CrashPoint.WriteReleasing,
        """
        UPDATE allocation SET state = 'Releasing' WHERE id = $id;
        INSERT OR REPLACE INTO released (id, owner, hotkey, at) VALUES ($id, $owner, $hotkey, $at);
        """,
        command =>
        {
            command.Bind("$id", over.Id);
            command.Bind("$owner", over.Owner);
            command.Bind("$hotkey", over.Hotkey.ToString());
            command.Bind("$at", WriteTime(now));
            return ExecuteWhole(command);
        });

    /// <summary>
    /// Frees the machine: nothing of the allocation is left in the world. That it ended is remembered until its end would have come: a
    /// container whose removal a power failure undid is nobody's.
    /// </summary>
    public void Delete(Allocation over, DateTimeOffset now) => Cross(
        CrashPoint.WriteFree,
        """
        DELETE FROM allocation WHERE id = $id;
        INSERT OR REPLACE INTO ended (id, expires) VALUES ($id, $expires);
        DELETE FROM ended WHERE expires < $now OR rowid <= (SELECT MAX(rowid) FROM ended) - $most;
        """,
        command =>
        {
            command.Bind("$id", over.Id);
            command.Bind("$expires", WriteTime(over.Expires));
            command.Bind("$now", WriteTime(now));
            command.Parameters.AddWithValue("$most", MostEnded);
            return ExecuteWhole(command);
        });

    /// <summary>The allocation is known to be over, whatever its container says.</summary>
    public bool HasEnded(string id) => _database.Run("SELECT EXISTS (SELECT 1 FROM ended WHERE id = $id UNION SELECT 1 FROM released WHERE id = $id)", command =>
    {
        command.Bind("$id", id);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    });

    /// <summary>What was released since a moment; older memories are dropped.</summary>
    public IReadOnlyList<ReleasedAllocation> ReadReleased(DateTimeOffset since) => _database.Run(
        "DELETE FROM released WHERE at < $since; SELECT id, owner, hotkey, at FROM released",
        command =>
        {
            command.Bind("$since", WriteTime(since));
            using var row = command.ExecuteReader();
            var list = new List<ReleasedAllocation>();
            while (row.Read())
                list.Add(new ReleasedAllocation(row.GetString(0), row.GetString(1), Hotkey.Parse(row.GetString(2)), ReadTime(row.GetString(3))));
            return list;
        });

    static int ExecuteWhole(SqliteCommand command)
    {
        using var transaction = command.Connection!.BeginTransaction();
        command.Transaction = transaction;
        var rows = command.ExecuteNonQuery();
        transaction.Commit();
        return rows;
    }

    T Cross<T>(CrashPoint point, string sql, Func<SqliteCommand, T> run)
    {
        _crossing?.Invoke(point, after: false);
        var result = _database.Run(sql, run);
        _crossing?.Invoke(point, after: true);
        return result;
    }

    static CrashPoint PointOf(AllocationState state) => state switch
    {
        AllocationState.Reserving => CrashPoint.WriteReserving,
        AllocationState.Starting => CrashPoint.WriteStarting,
        AllocationState.Paused => CrashPoint.WritePaused,
        AllocationState.Releasing => CrashPoint.WriteReleasing,
        _ => CrashPoint.WriteRunning,
    };

    public void Dispose() => _database.Dispose();

    // UTC in one fixed width, so that text order is time order.
    static string WriteTime(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    static DateTimeOffset ReadTime(string text) => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None);
}
