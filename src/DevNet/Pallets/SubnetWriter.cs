using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.State;

namespace DevNet.Pallets;

/// <summary>Changes one subnet: networks, neurons, stake, permits. Callers check what is allowed.</summary>
sealed class SubnetWriter(ChainState state, ushort netuid)
{
    static readonly string[] NumberColumns =
        ["Rank", "Trust", "PruningScores", "Consensus", "Incentive", "Dividends", "ValidatorTrust", "Emission", "LastUpdate"];

    readonly byte[] _key = LittleEndian.U16(netuid);
    readonly Subnet _subnet = new(state, netuid);

    IEnumerable<string> Columns => NumberColumns.Where(column => state.Runtime.HasStorage("SubtensorModule." + column));

    public void AddNetwork()
    {
        Set("NetworksAdded", [1]);
        Set("NetworkRegisteredAt", LittleEndian.U64(state.BlockNumber));
        var count = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(state.Get("SubtensorModule.TotalNetworks"));
        state.Set("SubtensorModule.TotalNetworks", LittleEndian.U16((ushort)(count + 1)));
    }

    /// <summary>Sets an item keyed by the netuid alone.</summary>
    public void Set(string item, byte[] value) => state.Set("SubtensorModule." + item, [_key], value);

    /// <summary>Appends the hotkey under the next uid.</summary>
    public ushort Append(AccountId hotkey, AccountId coldkey)
    {
        var uid = _subnet.Count;
        Set("SubnetworkN", LittleEndian.U16((ushort)(uid + 1)));
        foreach (var column in Columns)
            SetNumbers(column, [.. _subnet.Numbers(column), 0]);
        SetFlags("Active", [.. _subnet.Flags("Active"), true]);
        SetFlags("ValidatorPermit", [.. _subnet.Flags("ValidatorPermit"), false]);
        Place(uid, hotkey, coldkey);
        return uid;
    }

    /// <summary>Gives the uid to another hotkey; the old one loses everything it had here but its stake.</summary>
    public void Replace(ushort uid, AccountId hotkey, AccountId coldkey)
    {
        var old = _subnet.Hotkey(uid);
        foreach (var item in (string[])["Uids", "Axons", "Prometheus", "NeuronCertificates"])
            state.Remove("SubtensorModule." + item, _key, old);
        state.Remove("SubtensorModule.IsNetworkMember", old, _key);
        foreach (var column in Columns)
            SetNumber(column, uid, 0);
        SetFlag("Active", uid, true);
        SetFlag("ValidatorPermit", uid, false);
        Place(uid, hotkey, coldkey);
    }

    public void SetNumber(string item, ushort uid, ulong value)
    {
        var values = _subnet.Numbers(item);
        values[uid] = value;
        SetNumbers(item, values);
    }

    public void SetFlag(string item, ushort uid, bool value)
    {
        var values = _subnet.Flags(item);
        values[uid] = value;
        SetFlags(item, values);
    }

    /// <summary>Sets the hotkey's stake on this subnet, in RAO; all of it belongs to its owner.</summary>
    public void SetStake(AccountId hotkey, ulong rao)
    {
        var key = hotkey.Bytes.ToArray();
        var shares = LittleEndian.U128((UInt128)rao << 64);
        state.Set("SubtensorModule.TotalHotkeyAlpha", [key, _key], LittleEndian.U64(rao));
        state.Set("SubtensorModule.TotalHotkeyShares", [key, _key], shares);
        state.Set("SubtensorModule.Alpha", [key, _subnet.Coldkey(key), _key], shares);
    }

    void Place(ushort uid, AccountId hotkey, AccountId coldkey)
    {
        var (hot, cold, number) = (hotkey.Bytes.ToArray(), coldkey.Bytes.ToArray(), LittleEndian.U16(uid));
        state.Set("SubtensorModule.Keys", [_key, number], hot);
        state.Set("SubtensorModule.Uids", [_key, hot], number);
        state.Set("SubtensorModule.IsNetworkMember", [hot, _key], [1]);
        state.Set("SubtensorModule.BlockAtRegistration", [_key, number], LittleEndian.U64(state.BlockNumber));
        SetNumber("LastUpdate", uid, state.BlockNumber);
        if (state.Find("SubtensorModule.Owner", hot) is null)
        {
            state.Set("SubtensorModule.Owner", [hot], cold);
            AddToList("SubtensorModule.OwnedHotkeys", cold, hot);
            AddToList("SubtensorModule.StakingHotkeys", cold, hot);
        }
    }

    void AddToList(string item, byte[] key, byte[] account)
    {
        var old = state.Get(item, key);
        var reader = new ScaleReader(old);
        var count = reader.ReadLength(AccountId.Length);
        state.Set(item, [key], new ScaleWriter().WriteCompact((uint)count + 1).WriteBytes(old.AsSpan(reader.Position)).WriteBytes(account).ToArray());
    }

    void SetNumbers(string item, ulong[] values)
    {
        var wide = item is "Emission" or "LastUpdate";
        var writer = new ScaleWriter().WriteCompact((uint)values.Length);
        foreach (var value in values)
            writer.WriteBytes(wide ? LittleEndian.U64(value) : LittleEndian.U16((ushort)value));
        Set(item, writer.ToArray());
    }

    void SetFlags(string item, bool[] values)
    {
        var writer = new ScaleWriter().WriteCompact((uint)values.Length);
        foreach (var value in values)
            writer.WriteBool(value);
        Set(item, writer.ToArray());
    }
}
