using Bittensor.Scale;

namespace DevNet.State;

/// <summary>Collects a block's events in their encoded form.</summary>
sealed class EventLog(ChainState state)
{
    readonly List<byte[]> _records = [];

    /// <summary>The extrinsic that is being applied; null outside extrinsics.</summary>
    public uint? Extrinsic { get; set; }

    public int Count => _records.Count;

    /// <param name="name"><c>Pallet.Event</c>.</param>
    /// <param name="fields">The event's fields, encoded one after the other.</param>
    public void Add(string name, Action<ScaleWriter> fields)
    {
        var (pallet, index) = state.Runtime.Event(name);
        var record = new ScaleWriter();
        if (Extrinsic is { } extrinsic)
            record.WriteByte(0).WriteUInt32(extrinsic);
        else
            record.WriteByte(2);
        record.WriteByte(pallet).WriteByte(index);
        fields(record);
        _records.Add(record.WriteCompact(0).ToArray());
    }

    /// <summary>Forgets all but the first <paramref name="count"/> events: what a failed call emitted.</summary>
    public void Truncate(int count) => _records.RemoveRange(count, _records.Count - count);

    /// <summary>Writes <c>System.Events</c> and <c>System.EventCount</c>.</summary>
    public void Store()
    {
        var all = new ScaleWriter().WriteCompact((uint)_records.Count);
        foreach (var record in _records)
            all.WriteBytes(record);
        state.Set("System.Events", all.ToArray());
        state.Set("System.EventCount", LittleEndian.U32((uint)_records.Count));
    }
}
