using System.Collections.Immutable;
using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Reads the value of <c>System.Events</c>.</summary>
static class EventDecoder
{
    /// <summary>All events of a block, in order. The metadata must be that of the runtime that executed the block.</summary>
    public static ImmutableArray<ChainEvent> Decode(RuntimeMetadata metadata, ReadOnlySpan<byte> value)
    {
        var type = metadata.StorageEntry("System", "Events").Value;
        if (ScaleDecoder.Decode(metadata.Types, type, value) is not ScaleValue.Sequence records)
            throw new ScaleException("System.Events is expected to be a sequence.");
        var events = ImmutableArray.CreateBuilder<ChainEvent>(records.Items.Length);
        foreach (var record in records.Items)
            events.Add(Read(record));
        return events.MoveToImmutable();
    }

    /// <summary>The events of one extrinsic.</summary>
    /// <exception cref="ExtrinsicFailedException">Its call failed.</exception>
    /// <exception cref="ScaleException">Neither success nor failure is recorded for it.</exception>
    public static ImmutableArray<ChainEvent> OutcomeOf(RuntimeMetadata metadata, ImmutableArray<ChainEvent> events, uint extrinsic, BlockHash block)
    {
        var own = events.RemoveAll(item => item.ExtrinsicIndex != extrinsic);
        foreach (var item in own)
        {
            if (item is { Pallet: "System", Name: "ExtrinsicFailed" })
                throw DispatchFailure.Describe(metadata, ErrorOf(item), block);
            if (item is { Pallet: "System", Name: "ExtrinsicSuccess" })
                return own;
        }
        throw new ScaleException($"Block {block} records no outcome of extrinsic {extrinsic}.");
    }

    /// <summary>Runtimes before 2022 gave the fields no names.</summary>
    static ScaleValue ErrorOf(ChainEvent failed) => failed.Fields.Find("dispatch_error")
        ?? (failed.Fields.Values.IsEmpty ? throw new ScaleException("ExtrinsicFailed is expected to say the error.") : failed.Fields.Values[0]);

    static ChainEvent Read(ScaleValue record)
    {
        var phase = record["phase"].AsVariant();
        uint? extrinsic = phase is { Name: "ApplyExtrinsic", Fields.Values: [var index] } ? (uint)index.AsUInt64() : null;
        var pallet = record["event"].AsVariant();
        if (pallet.Fields.Values is not [ScaleValue.Variant item])
            throw new ScaleException($"An event of pallet {pallet.Name} is expected to be an enum.");
        return new ChainEvent(extrinsic, pallet.Name, item.Name, item.Fields);
    }
}
