namespace DevNet.Transactions;

/// <summary>A transaction in the pool, and who is told about it.</summary>
sealed class PoolEntry(SignedExtrinsic transaction)
{
    public SignedExtrinsic Transaction { get; } = transaction;

    /// <summary>What was last said about it.</summary>
    public TransactionStatus Status { get; private set; } = TransactionStatus.Future;

    /// <summary>Called with every change of <see cref="Status"/>.</summary>
    public List<Action<TransactionStatus>> Watchers { get; } = [];

    public void Become(TransactionStatus status)
    {
        if (status == Status)
            return;
        Status = status;
        foreach (var watcher in Watchers.ToArray())
            watcher(status);
    }
}
