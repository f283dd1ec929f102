using System.Buffers.Binary;
using Bittensor.Keys;
using DevNet.State;
using DevNet.Transactions;

namespace DevNet.Pallets;

/// <summary>What serving checks, in the pallet's order. Answers are names of pallet errors, null when all is well.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/subnets/serving.rs (spec 393).</remarks>
static class ServingRules
{
    public static string? CheckAxon(ChainState state, AccountId hotkey, ServeAxon call)
    {
        if (!IsRegistered(state, call.Netuid, hotkey))
            return "HotKeyNotRegisteredInNetwork";
        var subnet = new Subnet(state, call.Netuid);
        return CheckAddress(call.IpType, call.Ip, state.Runtime.Rules.TakesZeroAddress)
            ?? CheckRate(subnet, subnet.Axon(hotkey.Bytes.ToArray()))
            ?? CheckPort(call.Port);
    }

    public static string? CheckPrometheus(ChainState state, AccountId hotkey, ServePrometheus call)
    {
        if (CheckAddress(call.IpType, call.Ip, zeroAllowed: false) is { } error)
            return error;
        if (!IsRegistered(state, call.Netuid, hotkey))
            return "HotKeyNotRegisteredInNetwork";
        var subnet = new Subnet(state, call.Netuid);
        return CheckRate(subnet, subnet.Prometheus(hotkey.Bytes.ToArray())) ?? CheckPort(call.Port);
    }

    static bool IsRegistered(ChainState state, ushort netuid, AccountId hotkey) =>
        state.Runtime.Rules.ServesOwnSubnetOnly ? new Subnet(state, netuid).Uid(hotkey) is not null : IsRegisteredAnywhere(state, hotkey);

    static bool IsRegisteredAnywhere(ChainState state, AccountId hotkey)
    {
        var item = state.Runtime.Storage("SubtensorModule.IsNetworkMember");
        byte[] prefix = [.. item.Bytes, .. Metadata.StorageDefinition.Hash(item.Definition.Keys[0].Hasher, hotkey.Bytes)];
        return state.KeysUnder(prefix).Any(key => state.Entries[key][0] != 0);
    }

    static string? CheckAddress(byte type, UInt128 address, bool zeroAllowed)
    {
        if (type is not (4 or 6))
            return "InvalidIpType";
        var good = type == 4
            ? address < 0xFFFF_FFFF && address != 0x7F00_0001
            : address != UInt128.MaxValue && address != UInt128.One;
        return good && (zeroAllowed || address != 0) ? null : "InvalidIpAddress";
    }

    /// <summary>Both kinds of record begin with the block they were served in.</summary>
    static string? CheckRate(Subnet subnet, byte[]? served)
    {
        var limit = subnet.U64("ServingRateLimit");
        var last = served is null ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(served);
        return limit != 0 && last != 0 && subnet.State.BlockNumber - last < limit ? "ServingRateLimitExceeded" : null;
    }

    static string? CheckPort(ushort port) => port != 0 ? null : "InvalidPort";
}
