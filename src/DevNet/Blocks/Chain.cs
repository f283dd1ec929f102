using DevNet.Rpc;
using DevNet.Runtime;
using DevNet.State;
using DevNet.Transactions;

namespace DevNet.Blocks;

/// <summary>
/// Blocks, head, finality and pool. Whoever uses it holds <see cref="Gate"/>, so that what a client is told comes in the order in which
/// it happened.
/// </summary>
sealed class Chain
{
    readonly DevChainOptions _options;
    readonly Dictionary<string, Block> _blocks = [];
    readonly List<Block> _canonical = [];
    readonly List<(PoolEntry Entry, Block Block)> _included = [];

    public Chain(DevChainOptions options)
    {
        _options = options;
        var genesis = Genesis.Create(CurrentRuntime.Create(), options);
        Store(genesis);
        (Head, Finalized) = (genesis, genesis);
        Pool = new TransactionPool(options.Time, genesis.Hash);
    }

    public Lock Gate { get; } = new();

    public Block Head { get; private set; }

    public Block Finalized { get; private set; }

    public Block GenesisBlock => _canonical[0];

    public TransactionPool Pool { get; }

    /// <summary>A new best block.</summary>
    public event Action<Block>? Imported;

    /// <summary>A newly finalised block.</summary>
    public event Action<Block>? BlockFinalized;

    public Block? Find(byte[] hash) => _blocks.GetValueOrDefault(HexText.Of(hash));

    /// <summary>The block of the best chain at this height.</summary>
    public Block? At(ulong number) => number < (ulong)_canonical.Count ? _canonical[(int)number] : null;

    /// <summary>A state to read, never to keep changes in.</summary>
    public static ChainState StateOf(Block block) => new(
        block.Runtime, block.State ?? throw RpcException.Client($"UnknownBlock: State already discarded for {HexText.Of(block.Hash)}"));

    /// <summary>The head's state as the next block will find it.</summary>
    public ChainState Pending() => BlockBuilder.Begin(Head);

    /// <summary>Makes the next block: set-up changes first, then what the pool has ready.</summary>
    public Block Produce(Action<DevChainChanges>? setUp = null)
    {
        var last = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(StateOf(Head).Get("Timestamp.Now"));
        var now = (ulong)_options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var builder = new BlockBuilder(Head, Math.Max(now, last + 1));
        setUp?.Invoke(new DevChainChanges(builder.State, builder.Events, _options));
        var included = IncludeReady(builder);
        var block = builder.Seal();
        Import(block, included);
        return block;
    }

    List<PoolEntry> IncludeReady(BlockBuilder builder)
    {
        var included = new List<PoolEntry>();
        foreach (var entry in Pool.Entries.Where(entry => entry.Status == TransactionStatus.Ready).OrderBy(entry => entry.Transaction.Nonce).ToArray())
        {
            if (TransactionValidator.Check(entry.Transaction, builder.State, GenesisBlock.Hash) is not null)
            {
                Pool.Drop(entry);
            }
            else if (entry.Transaction.Nonce == new Accounts(builder.State).Nonce(entry.Transaction.Signer))
            {
                builder.Apply(entry.Transaction);
                Pool.Remove(entry);
                included.Add(entry);
            }
        }
        return included;
    }

    void Import(Block block, List<PoolEntry> included)
    {
        Store(block);
        Head = block;
        Imported?.Invoke(block);
        foreach (var entry in included)
        {
            _included.Add((entry, block));
            entry.Become(TransactionStatus.InBlock(block.Hash));
        }
        Pool.Revalidate(Pending());
        while (Finalized.Number + (uint)_options.FinalityLag < Head.Number)
            FinalizeNext();
    }

    void FinalizeNext()
    {
        Finalized = _canonical[(int)Finalized.Number + 1];
        BlockFinalized?.Invoke(Finalized);
        foreach (var (entry, block) in _included.Where(inclusion => inclusion.Block == Finalized))
            entry.Become(TransactionStatus.Finalized(block.Hash));
        _included.RemoveAll(inclusion => inclusion.Block == Finalized);
    }

    void Store(Block block)
    {
        _blocks.Add(HexText.Of(block.Hash), block);
        _canonical.Add(block);
        // Genesis keeps its state, as on a real node, where it is never pruned.
        if (_canonical.Count - 1 - _options.StateBlocks is > 0 and var expired)
            _canonical[expired].State = null;
    }
}
