using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

/// <summary>The ledger cannot be read or written; the message names the file and what to do.</summary>
sealed class LedgerException(string message, Exception? inner = null) : Exception(message, inner)
{
    // Primary result codes of sqlite.org/rescode.html.
    const int Busy = 5;
    const int Corrupt = 11;
    const int NotADatabase = 26;

    public static LedgerException Of(string path, SqliteException fault) => fault.SqliteErrorCode switch
    {
        Busy => new LedgerException($"The ledger {path} is in use by another miner. Stop that one, or give this one a state directory of its own.", fault),
        Corrupt or NotADatabase => Damaged(path, fault),
        _ => new LedgerException($"The ledger {path} failed: {fault.Message} Check that its disk has room and is writable for this user.", fault),
    };

    public static LedgerException Damaged(string path, Exception fault) =>
        new($"The ledger {path} is damaged: {fault.Message} Move it away and start again: a rental is then restored from its container.", fault);
}
