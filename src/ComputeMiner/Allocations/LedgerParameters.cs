using Microsoft.Data.Sqlite;

namespace ComputeMiner.Allocations;

static class LedgerParameters
{
    /// <summary>Binds a text or, for null, nothing.</summary>
    public static void Bind(this SqliteCommand command, string name, string? value) =>
        command.Parameters.AddWithValue(name, (object?)value ?? DBNull.Value);
}
