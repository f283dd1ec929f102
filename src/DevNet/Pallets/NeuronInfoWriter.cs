using Bittensor.Scale;
using DevNet.State;

namespace DevNet.Pallets;

/// <summary>Writes NeuronInfo and NeuronInfoLite.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/rpc_info/neuron_info.rs (spec 393).</remarks>
static class NeuronInfoWriter
{
    /// <summary>All neurons of a subnet; an empty list for one that does not exist.</summary>
    public static byte[] All(Subnet subnet, bool lite)
    {
        var writer = new ScaleWriter().WriteCompact(subnet.Count);
        for (ushort uid = 0; uid < subnet.Count; uid++)
            Write(writer, subnet, uid, lite);
        return writer.ToArray();
    }

    /// <summary>One neuron, None for a uid that is not taken.</summary>
    public static byte[] One(Subnet subnet, ushort uid, bool lite)
    {
        if (uid >= subnet.Count)
            return [0];
        var writer = new ScaleWriter().WriteByte(1);
        Write(writer, subnet, uid, lite);
        return writer.ToArray();
    }

    static void Write(ScaleWriter writer, Subnet subnet, ushort uid, bool lite)
    {
        var hotkey = subnet.Hotkey(uid);
        var coldkey = subnet.Coldkey(hotkey);
        writer.WriteBytes(hotkey).WriteBytes(coldkey).WriteCompact(uid).WriteCompact(subnet.Netuid).WriteBool(subnet.Flags("Active")[uid]);
        writer.WriteBytes(subnet.AxonOrZero(hotkey)).WriteBytes(subnet.PrometheusOrZero(hotkey));
        writer.WriteCompact(1).WriteBytes(coldkey).WriteCompact(subnet.AlphaStake(hotkey));
        foreach (var column in (string[])["Rank", "Emission", "Incentive", "Consensus", "Trust", "ValidatorTrust", "Dividends", "LastUpdate"])
            writer.WriteCompact(Score(subnet, column, uid, gone: 0));
        writer.WriteBool(subnet.Flags("ValidatorPermit")[uid]);
        if (!lite)
        {
            WritePairs(writer, subnet, "Weights", uid);
            WritePairs(writer, subnet, "Bonds", uid);
        }
        writer.WriteCompact(Score(subnet, "PruningScores", uid, gone: ushort.MaxValue));
    }

    /// <summary>One number of a column; <paramref name="gone"/> when the runtime keeps the column no more.</summary>
    static ulong Score(Subnet subnet, string column, ushort uid, ulong gone) => subnet.Numbers(column) is { Length: > 0 } values ? values[uid] : gone;

    static void WritePairs(ScaleWriter writer, Subnet subnet, string item, ushort uid)
    {
        var reader = new ScaleReader(subnet.State.Get("SubtensorModule." + item, LittleEndian.U16(subnet.Netuid), LittleEndian.U16(uid)));
        var count = reader.ReadLength(4);
        writer.WriteCompact((uint)count);
        for (var i = 0; i < count; i++)
            writer.WriteCompact(reader.ReadUInt16()).WriteCompact(reader.ReadUInt16());
    }
}
