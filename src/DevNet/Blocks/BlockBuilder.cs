using System.Collections.Immutable;
using Bittensor.Crypto;
using Bittensor.Scale;
using DevNet.Pallets;
using DevNet.Runtime;
using DevNet.State;
using DevNet.Transactions;

namespace DevNet.Blocks;

/// <summary>Builds one block on its parent: first the time, then the transactions, last the header.</summary>
sealed class BlockBuilder
{
    /// <summary>Milliseconds of a consensus slot, whose number stands in every header.</summary>
    const ulong SlotMilliseconds = 12_000;

    /// <summary>How many block hashes storage remembers: the limit for an era's birth block.</summary>
    const uint BlockHashCount = 2400;

    /// <summary>The digest item of a block that installs code.</summary>
    const byte RuntimeUpdated = 8;

    readonly Block _parent;
    readonly Dispatcher _dispatcher;
    readonly ulong _milliseconds;
    readonly List<byte[]> _extrinsics = [];
    RuntimeDefinition _runtime;

    public BlockBuilder(Block parent, ulong milliseconds)
    {
        (_parent, _milliseconds, _runtime) = (parent, milliseconds, parent.Runtime);
        State = Begin(parent);
        Events = new EventLog(State);
        _dispatcher = new Dispatcher(State, Events);
        Events.Extrinsic = 0;
        var (pallet, index) = parent.Runtime.Call("Timestamp.set");
        var inherent = new ScaleWriter().WriteByte(4).WriteByte(pallet).WriteByte(index).WriteCompact(milliseconds);
        _extrinsics.Add(new ScaleWriter().WriteByteVector(inherent.WrittenSpan).ToArray());
        _dispatcher.ApplyTimestamp(milliseconds);
        Events.Extrinsic = null;
    }

    public ChainState State { get; }

    public EventLog Events { get; }

    /// <summary>The parent's state, prepared for the block after it: what a transaction is validated against.</summary>
    public static ChainState Begin(Block parent)
    {
        var state = new ChainState(parent.Runtime, parent.State ?? throw new InvalidOperationException($"Block {parent.Number} has no state any more."));
        var number = parent.Number + 1;
        state.Set("System.Number", LittleEndian.U32(number));
        state.Set("System.ParentHash", parent.Hash);
        state.Set("System.BlockHash", [LittleEndian.U32(parent.Number)], parent.Hash);
        // That of block 0 stays (polkadot-sdk, substrate/frame/system/src/lib.rs, finalize).
        if (number > BlockHashCount + 1)
            state.Remove("System.BlockHash", LittleEndian.U32(number - BlockHashCount - 1));
        RuntimeMigration.Run(state);
        foreach (var netuid in Networks(state))
            ResetCounters(state, netuid, number);
        return state;
    }

    /// <summary>Executes a transaction that was found valid on <see cref="State"/>.</summary>
    public void Apply(SignedExtrinsic transaction)
    {
        Events.Extrinsic = (uint)_extrinsics.Count;
        _extrinsics.Add(transaction.Bytes);
        _dispatcher.Apply(transaction);
        Events.Extrinsic = null;
    }

    /// <summary>Installs another runtime. This block stays the old one's: the new one executes the next, and answers for this one's state.</summary>
    public void Install(RuntimeDefinition runtime)
    {
        _runtime = runtime;
        Events.Add("System.CodeUpdated", _ => { });
    }

    public Block Seal()
    {
        var slot = new ScaleWriter().WriteByte(6).WriteBytes("aura"u8).WriteByteVector(LittleEndian.U64(_milliseconds / SlotMilliseconds)).ToArray();
        byte[][] logs = _runtime == _parent.Runtime ? [slot] : [slot, [RuntimeUpdated]];
        State.Set("System.Digest", new ScaleWriter().WriteCompact((uint)logs.Length).WriteBytes([.. logs.SelectMany(log => log)]).ToArray());
        Events.Store();
        return Close(State, _runtime, _parent.Hash, [.. _extrinsics], logs);
    }

    /// <summary>Computes the header over what storage and body hold.</summary>
    public static Block Close(ChainState state, RuntimeDefinition runtime, byte[] parentHash, ImmutableArray<byte[]> extrinsics, byte[][] logs)
    {
        // A real node keeps both in tries. Here they are hashes of everything in order, which depend on the same things.
        var stateRoot = RootOf(state.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }));
        var header = new BlockHeaderData(parentHash, state.BlockNumber, stateRoot, RootOf(extrinsics), logs);
        return new(header, header.ComputeHash(), extrinsics, runtime) { State = state.Entries };
    }

    static byte[] RootOf(IEnumerable<byte[]> parts)
    {
        var writer = new ScaleWriter();
        foreach (var part in parts)
            writer.WriteByteVector(part);
        return Blake2b.Hash256(writer.WrittenSpan);
    }

    static void ResetCounters(ChainState state, ushort netuid, uint number)
    {
        var (subnet, writer) = (new Subnet(state, netuid), new SubnetWriter(state, netuid));
        if (subnet.U16("RegistrationsThisBlock") != 0)
            writer.Set("RegistrationsThisBlock", LittleEndian.U16(0));
        if (number % subnet.U16("AdjustmentInterval") == 0 && subnet.U16("RegistrationsThisInterval") != 0)
            writer.Set("RegistrationsThisInterval", LittleEndian.U16(0));
        writer.Set("BlocksSinceLastStep", LittleEndian.U64(subnet.U64("BlocksSinceLastStep") + 1));
    }

    static List<ushort> Networks(ChainState state)
    {
        var prefix = state.Runtime.Storage("SubtensorModule.NetworksAdded").Bytes;
        return [.. state.KeysUnder(prefix).Select(key => System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(key.AsSpan(prefix.Length)))];
    }
}
