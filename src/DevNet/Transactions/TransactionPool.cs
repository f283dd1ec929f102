using System.Globalization;
using Bittensor.Scale;
using DevNet.Blocks;
using DevNet.Rpc;
using DevNet.State;

namespace DevNet.Transactions;

/// <summary>
/// Transactions waiting for a block. One sender's nonces are taken in order; one nonce is held by the first that claims it, because
/// every transaction of this chain has the same priority. Not thread-safe: the chain calls it under its lock.
/// </summary>
/// <remarks>Source: polkadot-sdk, client/transaction-pool (behaviour) and client/rpc-api/src/author/error.rs (codes).</remarks>
sealed class TransactionPool(TimeProvider time, byte[] genesisHash)
{
    /// <summary>How long the same bytes are refused after they were found invalid.</summary>
    static readonly TimeSpan BanTime = TimeSpan.FromMinutes(30);

    readonly List<PoolEntry> _entries = [];
    readonly Condition _changed = new();
    readonly Dictionary<string, DateTimeOffset> _bannedUntil = [];

    public IReadOnlyList<PoolEntry> Entries => _entries;

    /// <summary>Takes a transaction in.</summary>
    /// <param name="bytes">The extrinsic with its length prefix.</param>
    /// <param name="state">The head's state, prepared for the next block.</param>
    /// <exception cref="RpcException">It is refused.</exception>
    public PoolEntry Submit(byte[] bytes, ChainState state)
    {
        var transaction = Decode(bytes, state);
        var hash = HexText.Of(transaction.Hash);
        if (_bannedUntil.TryGetValue(hash, out var until) && time.GetUtcNow() < until)
            throw new RpcException(1012, "Transaction is temporarily banned");
        if (_entries.Exists(entry => entry.Transaction.Hash.AsSpan().SequenceEqual(transaction.Hash)))
            throw new RpcException(1013, "Transaction Already Imported");
        if (TransactionValidator.Check(transaction, state, genesisHash) is { } fault)
            throw fault.ToRpcError();
        if (_entries.Exists(entry => entry.Transaction.Signer == transaction.Signer && entry.Transaction.Nonce == transaction.Nonce))
        {
            var priority = state.Runtime.Rules.Priority;
            throw new RpcException(
                1014, string.Create(CultureInfo.InvariantCulture, $"Priority is too low: ({priority} vs {priority})"), "The transaction has too low priority to replace another transaction already in the pool.");
        }
        var added = new PoolEntry(transaction);
        _entries.Add(added);
        Promote(state);
        _changed.Check();
        return added;
    }

    /// <summary>Completes once the pool holds a transaction.</summary>
    public Task WhenFilled() => _changed.When(() => _entries.Count > 0);

    /// <summary>Decodes, with the pool's error for bytes that are no extrinsic and the runtime's for those that only look like one.</summary>
    public static SignedExtrinsic Decode(byte[] bytes, ChainState state)
    {
        try
        {
            SignedExtrinsic.Unwrap(bytes);
        }
        catch (ScaleException broken)
        {
            throw new RpcException(1001, "Extrinsic has invalid format", broken.Message);
        }
        try
        {
            return SignedExtrinsic.Decode(bytes, state.Runtime);
        }
        catch (ScaleException undecodable)
        {
            throw new RpcException(1002, "Verification Error: Runtime error: Execution failed: the extrinsic does not decode", undecodable.Message);
        }
    }

    /// <summary>Drops what a new head has made invalid, and readies what it has made includable.</summary>
    public void Revalidate(ChainState state)
    {
        foreach (var entry in _entries.ToArray())
        {
            if (TransactionValidator.Check(entry.Transaction, state, genesisHash) is not null)
                Drop(entry);
        }
        Promote(state);
    }

    /// <summary>Takes an entry out and says that it is invalid; the same bytes are refused for a while.</summary>
    public void Drop(PoolEntry entry) => Drop(entry, TransactionStatus.Invalid);

    void Drop(PoolEntry entry, TransactionStatus last)
    {
        _entries.Remove(entry);
        _bannedUntil[HexText.Of(entry.Transaction.Hash)] = time.GetUtcNow() + BanTime;
        entry.Become(last);
    }

    /// <summary>Takes an entry back whose block was retired. What has taken its nonce meanwhile gives way to it.</summary>
    public void Return(PoolEntry entry, byte[] block)
    {
        entry.Become(TransactionStatus.Retracted(block));
        _entries.RemoveAll(other => other.Transaction.Signer == entry.Transaction.Signer && other.Transaction.Nonce == entry.Transaction.Nonce);
        _entries.Add(entry);
        entry.Become(TransactionStatus.Ready);
    }

    /// <summary>Takes every entry out with a last word to its watchers; the same bytes are refused for a while.</summary>
    public void EndAll(Func<PoolEntry, TransactionStatus> last)
    {
        foreach (var entry in _entries.ToArray())
            Drop(entry, last(entry));
    }

    /// <summary>Takes an entry out that went into a block.</summary>
    public void Remove(PoolEntry entry) => _entries.Remove(entry);

    /// <summary>The first nonce of the account that neither the state nor a ready transaction has used.</summary>
    public uint NextNonce(Bittensor.Keys.AccountId account, ChainState state)
    {
        var nonce = new Accounts(state).Nonce(account);
        while (_entries.Exists(entry => entry.Transaction.Signer == account && entry.Transaction.Nonce == nonce))
            nonce++;
        return nonce;
    }

    void Promote(ChainState state)
    {
        foreach (var entry in _entries.OrderBy(entry => entry.Transaction.Nonce))
        {
            if (entry.Status == TransactionStatus.Future && entry.Transaction.Nonce < NextNonce(entry.Transaction.Signer, state))
                entry.Become(TransactionStatus.Ready);
        }
    }
}
