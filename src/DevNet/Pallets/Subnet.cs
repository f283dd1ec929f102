using System.Buffers.Binary;
using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.State;

namespace DevNet.Pallets;

/// <summary>Reads one subnet out of a block's storage. Values of other subnets' keys are not touched.</summary>
sealed class Subnet(ChainState state, ushort netuid)
{
    const int AxonInfoLength = 34;
    const int PrometheusInfoLength = 31;

    readonly byte[] _key = LittleEndian.U16(netuid);

    public ChainState State => state;

    public ushort Netuid => netuid;

    public bool Exists => Flag("NetworksAdded");

    /// <summary>Number of neurons.</summary>
    public ushort Count => U16("SubnetworkN");

    public byte[] Name => netuid switch { 0 => "root"u8.ToArray(), 27 => "Compute"u8.ToArray(), _ => "dev"u8.ToArray() };

    /// <summary>An item that is keyed by the netuid alone.</summary>
    public byte[] Get(string item) => state.Get("SubtensorModule." + item, _key);

    public ushort U16(string item) => BinaryPrimitives.ReadUInt16LittleEndian(Get(item));

    public ulong U64(string item) => BinaryPrimitives.ReadUInt64LittleEndian(Get(item));

    public bool Flag(string item) => Get(item)[0] != 0;

    /// <summary>The uid of a hotkey, null when it has none here.</summary>
    public ushort? Uid(AccountId hotkey) =>
        state.Find("SubtensorModule.Uids", _key, hotkey.Bytes.ToArray()) is { } uid ? BinaryPrimitives.ReadUInt16LittleEndian(uid) : null;

    public byte[] Hotkey(ushort uid) => state.Get("SubtensorModule.Keys", _key, LittleEndian.U16(uid));

    public byte[] Coldkey(byte[] hotkey) => state.Get("SubtensorModule.Owner", hotkey);

    public byte[]? Axon(byte[] hotkey) => state.Find("SubtensorModule.Axons", _key, hotkey);

    public byte[] AxonOrZero(byte[] hotkey) => Axon(hotkey) ?? new byte[AxonInfoLength];

    public byte[]? Prometheus(byte[] hotkey) => state.Find("SubtensorModule.Prometheus", _key, hotkey);

    public byte[] PrometheusOrZero(byte[] hotkey) => Prometheus(hotkey) ?? new byte[PrometheusInfoLength];

    public ulong RegistrationBlock(ushort uid) =>
        BinaryPrimitives.ReadUInt64LittleEndian(state.Get("SubtensorModule.BlockAtRegistration", _key, LittleEndian.U16(uid)));

    public byte[][] Hotkeys() => [.. Uids().Select(Hotkey)];

    public byte[][] Coldkeys() => [.. Hotkeys().Select(Coldkey)];

    public ulong[] RegistrationBlocks() => [.. Uids().Select(RegistrationBlock)];

    /// <summary>A <c>Vec&lt;u16&gt;</c> or <c>Vec&lt;u64&gt;</c> item, one number per uid; empty when the runtime has the item no more.</summary>
    public ulong[] Numbers(string item)
    {
        if (!state.Runtime.HasStorage("SubtensorModule." + item))
            return [];
        var wide = item is "Emission" or "LastUpdate";
        var reader = new ScaleReader(Get(item));
        var numbers = new ulong[reader.ReadLength(2)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = wide ? reader.ReadUInt64() : reader.ReadUInt16();
        return numbers;
    }

    /// <summary>A <c>Vec&lt;bool&gt;</c> item, one flag per uid.</summary>
    public bool[] Flags(string item)
    {
        var reader = new ScaleReader(Get(item));
        var flags = new bool[reader.ReadLength(1)];
        for (var i = 0; i < flags.Length; i++)
            flags[i] = reader.ReadBool();
        return flags;
    }

    /// <summary>RAO of this subnet's alpha on the hotkey.</summary>
    public ulong AlphaStake(byte[] hotkey) =>
        BinaryPrimitives.ReadUInt64LittleEndian(state.Get("SubtensorModule.TotalHotkeyAlpha", hotkey, _key));

    public ulong[] AlphaStake() => [.. Hotkeys().Select(AlphaStake)];

    /// <summary>RAO staked on root, unweighted.</summary>
    public ulong[] TaoStake() => [.. Hotkeys().Select(RootStake)];

    /// <summary>The stake that counts: alpha plus the weighted root stake.</summary>
    public ulong[] TotalStake()
    {
        var weight = (UInt128)(state.Runtime.HasStorage("SubtensorModule.TaoWeight")
            ? BinaryPrimitives.ReadUInt64LittleEndian(state.Get("SubtensorModule.TaoWeight"))
            : SubtensorStorage.UsualTaoWeight);
        return [.. Hotkeys().Select(hotkey => AlphaStake(hotkey) + (ulong)(RootStake(hotkey) * weight / ulong.MaxValue))];
    }

    /// <summary>The uids that have a validator permit.</summary>
    public ulong[] Validators() => [.. Flags("ValidatorPermit").Index().Where(flag => flag.Item).Select(flag => (ulong)flag.Index)];

    IEnumerable<ushort> Uids() => Enumerable.Range(0, Count).Select(uid => (ushort)uid);

    ulong RootStake(byte[] hotkey) =>
        BinaryPrimitives.ReadUInt64LittleEndian(state.Get("SubtensorModule.TotalHotkeyAlpha", hotkey, LittleEndian.U16(0)));
}
