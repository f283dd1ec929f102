using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

/// <summary>The tables of the ledger and the steps from one version to the next.</summary>
static class LedgerSchema
{
    // Step n leads from version n to n + 1. Written steps never change; a new version appends one.
    static readonly string[] Steps =
    [
        """
        CREATE TABLE allocation (
            slot INTEGER NOT NULL UNIQUE CHECK (slot = 1),
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            owner TEXT NOT NULL,
            hotkey TEXT NOT NULL,
            started TEXT NOT NULL,
            expires TEXT NOT NULL,
            container TEXT
        );
        CREATE TABLE released (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            hotkey TEXT NOT NULL,
            at TEXT NOT NULL
        );
        """,
        """
        CREATE TABLE clock (
            slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
            boot TEXT NOT NULL,
            uptime INTEGER NOT NULL,
            rental TEXT NOT NULL,
            wall TEXT NOT NULL
        );
        CREATE TABLE claim (
            slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
            instance TEXT NOT NULL
        );
        """,
        """
        CREATE TABLE ended (
            id TEXT NOT NULL PRIMARY KEY,
            expires TEXT NOT NULL
        );
        """,
    ];

    public static void Apply(SqliteConnection connection, string path)
    {
        // FULL: in WAL mode only this syncs at every commit, and a lost commit may be a lost renter.
        // EXCLUSIVE, taken by the first transaction and kept: two miners on one ledger would both believe that they hand the machine out.
        Execute(connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT;");
        var version = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > Steps.Length)
            throw new LedgerException(
                $"The ledger {path} has version {version}, this miner knows {Steps.Length}. Run the newer miner, or move the file away: rentals are then restored from their containers.");
        for (; version < Steps.Length; version++)
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {Steps[version]} PRAGMA user_version = {version + 1}; COMMIT;"));
    }

    /// <summary>The form of a ledger that nobody has open; null when there is none that can be read.</summary>
    public static int? VersionOf(string path) => Ask(path, "PRAGMA user_version");

    /// <summary>Whether a ledger that nobody has open names an allocation; false when there is none that can be read.</summary>
    public static bool IsHeld(string path) => Ask(path, "SELECT COUNT(*) FROM allocation") > 0;

    static int? Ask(string path, string sql)
    {
        try
        {
            var how = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, Mode = SqliteOpenMode.ReadWrite };
            using var connection = new SqliteConnection(how.ToString());
            connection.Open();
            return Convert.ToInt32(Scalar(connection, sql), CultureInfo.InvariantCulture);
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
