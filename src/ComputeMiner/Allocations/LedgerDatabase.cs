using Bittensor.Files;
using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

/// <summary>The SQLite file of the ledger: one connection, one statement at a time, each on disk when it returned.</summary>
sealed class LedgerDatabase : IDisposable
{
    readonly Lock _turn = new();
    SqliteConnection _connection;

    LedgerDatabase(SqliteConnection connection, string path) => (_connection, Path) = (connection, path);

    public string Path { get; }

    /// <exception cref="LedgerException">
    /// The directory cannot be used, another process has the ledger, it is damaged, or it was written by a newer version.
    /// </exception>
    public static LedgerDatabase Open(string path)
    {
        var connection = Connect(path);
        try
        {
            Guard(path, () =>
            {
                LedgerSchema.Apply(connection, path);
                return true;
            });
            return new LedgerDatabase(connection, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public T Run<T>(string sql, Func<SqliteCommand, T> run)
    {
        lock (_turn)
        {
            return Guard(Path, () =>
            {
                using var command = _connection.CreateCommand();
                command.CommandText = sql;
                return run(command);
            });
        }
    }

    /// <summary>
    /// Makes the file again when it is gone: SQLite goes on writing to a deleted file, which is lost with this process. False when it is there.
    /// </summary>
    public bool RestoreFile()
    {
        lock (_turn)
        {
            if (File.Exists(Path))
                return false;
            var copy = Connect(Path);
            try
            {
                Guard(Path, () =>
                {
                    _connection.BackupDatabase(copy);
                    LedgerSchema.Apply(copy, Path);
                    return true;
                });
            }
            catch
            {
                copy.Dispose();
                // Half a ledger would be taken for a whole one.
                File.Delete(Path);
                throw;
            }
            _connection.Dispose();
            _connection = copy;
            return true;
        }
    }

    public void Dispose() => _connection.Dispose();

    static SqliteConnection Connect(string path) => Guard(path, () =>
    {
        MakePrivate(System.IO.Path.GetDirectoryName(path)!, path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    static void MakePrivate(string directory, string path)
    {
        const UnixFileMode privateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        // SQLite makes names in it durable, not its own.
        DurableFile.CreateDirectory(directory);
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

    static T Guard<T>(string path, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (SqliteException fault)
        {
            throw LedgerException.Of(path, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"The ledger {path} cannot be opened: {fault.Message} Check that the directory is writable for this user.", fault);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidCastException)
        {
            throw LedgerException.Damaged(path, fault);
        }
    }
}
