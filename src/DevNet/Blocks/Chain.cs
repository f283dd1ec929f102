using System.Buffers.Binary;
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
    // How many blocks after block 0 are not there, because an earlier run made them.
    readonly int _skipped;
    readonly List<(PoolEntry Entry, Block Block)> _included = [];

    public Chain(DevChainOptions options)
    {
        _options = options;
        var genesis = Genesis.Create(Runtimes.Create(options.Runtime), options);
        Store(genesis);
        Finalized = genesis;
        if (options.From is { } state && state.Chain.ToHead(genesis) is { Number: > 0 } head)
        {
            Store(head);
            (_skipped, Finalized) = ((int)head.Number - 1, head);
        }
        Pool = new TransactionPool(options.Time, genesis.Hash);
    }

    public Lock Gate { get; } = new();

    public Block Head => _canonical[^1];

    public Block Finalized { get; private set; }

    public Block GenesisBlock => _canonical[0];

    public TransactionPool Pool { get; }

    /// <summary>While true, no further block becomes final.</summary>
    public bool HoldsFinality { get; set; }

    /// <summary>A new best block.</summary>
    public event Action<Block>? Imported;

    /// <summary>A newly finalised block.</summary>
    public event Action<Block>? BlockFinalized;

    public Block? Find(byte[] hash) => _blocks.GetValueOrDefault(HexText.Of(hash));

    /// <summary>The block of the best chain at this height; null where it is not made yet, or was by an earlier run.</summary>
    public Block? At(ulong number) =>
        number == 0 ? GenesisBlock
        : number > (ulong)_skipped && number - (ulong)_skipped < (ulong)_canonical.Count ? _canonical[(int)number - _skipped]
        : null;

    /// <summary>A state to read, never to keep changes in.</summary>
    public static ChainState StateOf(Block block) => new(
        block.Runtime, block.State ?? throw RpcException.Client($"UnknownBlock: State already discarded for {HexText.Of(block.Hash)}"));

    /// <summary>The head's state as the next block will find it.</summary>
    public ChainState Pending() => BlockBuilder.Begin(Head);

    /// <summary>Makes the next block: set-up changes first, then what the pool has ready, last a new runtime if one is given.</summary>
    public void Produce(Action<DevChainChanges>? setUp = null, RuntimeDefinition? upgrade = null)
    {
        var builder = Begin(0);
        setUp?.Invoke(new DevChainChanges(builder.State, builder.Events, _options));
        var included = IncludeReady(builder);
        if (upgrade is not null)
            builder.Install(upgrade);
        var block = builder.Seal();
        Store(block);
        Announce(block, included);
    }

    /// <summary>
    /// Puts a longer branch of empty blocks in place of the last <paramref name="depth"/> blocks, whose transactions return to the pool.
    /// As on a real node, only the new branch's last block is announced.
    /// </summary>
    public void Reorganise(int depth)
    {
        var retired = Retire(depth);
        foreach (var (entry, block) in _included.Where(inclusion => retired.Contains(inclusion.Block)).ToArray())
            Pool.Return(entry, block.Hash);
        _included.RemoveAll(inclusion => retired.Contains(inclusion.Block));
        var later = TimeOf(retired[^1]) + 1;
        for (var length = 0; length <= depth; length++)
            Store(Begin(later).Seal());
        Announce(Head, []);
    }

    /// <summary>Tells the watchers of all blocks that are not final that these will not become so.</summary>
    public void GiveUpFinality()
    {
        foreach (var (entry, block) in _included)
            entry.Become(TransactionStatus.FinalityTimeout(block.Hash));
        _included.Clear();
    }

    /// <summary>Finalises what is due.</summary>
    public void Finalise()
    {
        while (!HoldsFinality && Finalized.Number + (uint)_options.FinalityLag < Head.Number)
            FinalizeNext();
    }

    static ulong TimeOf(Block block) => BinaryPrimitives.ReadUInt64LittleEndian(StateOf(block).Get("Timestamp.Now"));

    BlockBuilder Begin(ulong earliest)
    {
        var now = (ulong)_options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return new BlockBuilder(Head, Math.Max(Math.Max(now, earliest), TimeOf(Head) + 1));
    }

    Block[] Retire(int depth)
    {
        if (depth < 1 || Head.Number - Finalized.Number < (uint)depth)
            throw new InvalidOperationException($"Blocks {Finalized.Number + 1} to {Head.Number} can be replaced; the last {depth} cannot.");
        Block[] retired = [.. _canonical.TakeLast(depth)];
        _canonical.RemoveRange(_canonical.Count - depth, depth);
        return retired;
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

    void Announce(Block block, List<PoolEntry> included)
    {
        Imported?.Invoke(block);
        foreach (var entry in included)
        {
            _included.Add((entry, block));
            entry.Become(TransactionStatus.InBlock(block.Hash));
        }
        Pool.Revalidate(Pending());
        Finalise();
    }

    void FinalizeNext()
    {
        Finalized = At(Finalized.Number + 1)!;
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
