using System.Globalization;
using Bittensor.Keys;
using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

/// <summary>
/// The durable record of who holds the machine: at most one allocation, and what was released lately. A call that returned is on disk.
/// One writer: the <see cref="Allocator"/> and, before it starts, the reconciler.
/// </summary>
sealed class AllocationLedger : IDisposable
{
    public const string FileName = "ledger.db";

    readonly SqliteConnection _connection;
    readonly Lock _turn = new();
    readonly string _path;

    AllocationLedger(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>Opens the ledger of a state directory, making both when missing; only this user may read them.</summary>
    /// <exception cref="LedgerException">
    /// The directory cannot be used, another process has the ledger, it is damaged, or it was written by a newer version.
    /// </exception>
    public static AllocationLedger Open(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, FileName);
        SqliteConnection? connection = null;
        try
        {
            MakePrivate(stateDirectory, path);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }.ToString());
            connection.Open();
            LedgerSchema.Apply(connection, path);
            return new AllocationLedger(connection, path);
        }
        catch (SqliteException fault)
        {
            connection?.Dispose();
            throw LedgerException.Of(path, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new LedgerException($"The ledger {path} cannot be opened: {fault.Message} Check that the directory is writable for this user.", fault);
        }
        catch (LedgerException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>The allocation that holds the machine, or null.</summary>
    public Allocation? Read() => Run("SELECT id, kind, state, owner, hotkey, started, expires, container FROM allocation", command =>
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
    public bool Write(Allocation allocation) => Run(
        """
        INSERT INTO allocation (slot, id, kind, state, owner, hotkey, started, expires, container)
        VALUES (1, $id, $kind, $state, $owner, $hotkey, $started, $expires, $container)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, expires = excluded.expires, container = excluded.container
            WHERE allocation.state <> 'Releasing'
        """,
        command =>
        {
            Bind(command, "$id", allocation.Id);
            Bind(command, "$kind", allocation.Kind.ToString());
            Bind(command, "$state", allocation.State.ToString());
            Bind(command, "$owner", allocation.Owner);
            Bind(command, "$hotkey", allocation.Hotkey.ToString());
            Bind(command, "$started", WriteTime(allocation.Started));
            Bind(command, "$expires", WriteTime(allocation.Expires));
            Bind(command, "$container", allocation.ContainerId);
            return command.ExecuteNonQuery() > 0;
        });

    /// <summary>Writes that the allocation is over, and remembers that its owner may ask again, in one transaction.</summary>
    public void WriteReleased(Allocation over, DateTimeOffset now) => Run(
        """
        UPDATE allocation SET state = 'Releasing' WHERE id = $id;
        INSERT OR REPLACE INTO released (id, owner, hotkey, at) VALUES ($id, $owner, $hotkey, $at);
        """,
        command =>
        {
            using var transaction = _connection.BeginTransaction();
            command.Transaction = transaction;
            Bind(command, "$id", over.Id);
            Bind(command, "$owner", over.Owner);
            Bind(command, "$hotkey", over.Hotkey.ToString());
            Bind(command, "$at", WriteTime(now));
            var rows = command.ExecuteNonQuery();
            transaction.Commit();
            return rows;
        });

    /// <summary>Frees the machine: nothing of the allocation is left in the world.</summary>
    public void Delete(string id) => Run("DELETE FROM allocation WHERE id = $id", command =>
    {
        Bind(command, "$id", id);
        return command.ExecuteNonQuery();
    });

    /// <summary>What was released since a moment; older memories are dropped.</summary>
    public IReadOnlyList<ReleasedAllocation> ReadReleased(DateTimeOffset since) => Run(
        "DELETE FROM released WHERE at < $since; SELECT id, owner, hotkey, at FROM released",
        command =>
        {
            Bind(command, "$since", WriteTime(since));
            using var row = command.ExecuteReader();
            var list = new List<ReleasedAllocation>();
            while (row.Read())
                list.Add(new ReleasedAllocation(row.GetString(0), row.GetString(1), Hotkey.Parse(row.GetString(2)), ReadTime(row.GetString(3))));
            return list;
        });

    public void Dispose() => _connection.Dispose();

    static void MakePrivate(string directory, string path)
    {
        const UnixFileMode privateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(directory, privateDirectory);
        // SQLite gives its -wal and -shm files the mode of the database.
        using (new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            File.SetUnixFileMode(directory, privateDirectory);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    static void Bind(SqliteCommand command, string name, string? value) => command.Parameters.AddWithValue(name, (object?)value ?? DBNull.Value);

    // UTC in one fixed width, so that text order is time order.
    static string WriteTime(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    static DateTimeOffset ReadTime(string text) => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None);

    T Run<T>(string sql, Func<SqliteCommand, T> run)
    {
        lock (_turn)
        {
            try
            {
                using var command = _connection.CreateCommand();
                command.CommandText = sql;
                return run(command);
            }
            catch (SqliteException fault)
            {
                throw LedgerException.Of(_path, fault);
            }
            catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidCastException)
            {
                throw LedgerException.Damaged(_path, fault);
            }
        }
    }
}
