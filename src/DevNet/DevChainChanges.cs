using Bittensor.Keys;
using Bittensor.Subtensor;
using DevNet.Blocks;
using DevNet.Pallets;
using DevNet.State;

namespace DevNet;

/// <summary>
/// Changes a test makes to the chain without signing anything. They happen at the beginning of one block, before its transactions, and
/// are free; the order of calls is the order of effects.
/// </summary>
public sealed class DevChainChanges
{
    readonly ChainState _state;
    readonly EventLog _events;
    readonly DevChainOptions _options;

    internal DevChainChanges(ChainState state, EventLog events, DevChainOptions options) => (_state, _events, _options) = (state, events, options);

    /// <summary>Sets the account's free balance, in RAO.</summary>
    public void Fund(AccountId account, ulong rao) => new Accounts(_state).SetFree(account, rao);

    /// <summary>Adds a subnet with the chain's default settings; one that exists stays as it is.</summary>
    public void AddNetwork(Netuid netuid)
    {
        if (new Subnet(_state, netuid.Value).Exists)
            return;
        Genesis.AddNetwork(_state, netuid.Value, _options);
        _events.Add("SubtensorModule.NetworkAdded", fields => fields.WriteUInt16(netuid.Value).WriteUInt16(0));
    }

    /// <summary>Gives the hotkey a uid and returns it; the one it has, if it has one. A full subnet replaces its least valuable neuron.</summary>
    /// <exception cref="InvalidOperationException">The subnet does not exist, or has no uid to give.</exception>
    public Uid RegisterNeuron(Netuid netuid, Hotkey hotkey, Coldkey coldkey)
    {
        var subnet = Existing(netuid);
        if (subnet.Uid(hotkey.Account) is { } known)
            return new(known);
        if (!Registration.TryPlace(subnet, hotkey.Account, coldkey.Account, out var uid))
            throw new InvalidOperationException($"Subnet {netuid} has no uid to give.");
        Registration.Announce(_events, netuid.Value, uid, hotkey.Account);
        return new(uid);
    }

    /// <summary>Sets the hotkey's alpha stake on the subnet, in RAO. On netuid 0 it is root stake.</summary>
    public void SetStake(Netuid netuid, Hotkey hotkey, ulong rao) => new SubnetWriter(_state, netuid.Value).SetStake(hotkey.Account, rao);

    /// <summary>Gives or takes the neuron's validator permit.</summary>
    /// <exception cref="InvalidOperationException">The hotkey has no uid on the subnet.</exception>
    public void SetValidatorPermit(Netuid netuid, Hotkey hotkey, bool permitted = true)
    {
        var uid = Existing(netuid).Uid(hotkey.Account) ?? throw new InvalidOperationException($"{hotkey} has no uid on subnet {netuid}.");
        new SubnetWriter(_state, netuid.Value).SetFlag("ValidatorPermit", uid, permitted);
    }

    /// <summary>Sets the blocks that must lie between two servings of one hotkey; 0 switches the limit off.</summary>
    public void SetServingRateLimit(Netuid netuid, ulong blocks) =>
        new SubnetWriter(_state, netuid.Value).Set("ServingRateLimit", LittleEndian.U64(blocks));

    /// <summary>Sets what a registration costs, in RAO.</summary>
    public void SetBurn(Netuid netuid, ulong rao) => new SubnetWriter(_state, netuid.Value).Set("Burn", LittleEndian.U64(rao));

    /// <summary>Opens or closes the subnet for registrations.</summary>
    public void SetRegistrationAllowed(Netuid netuid, bool allowed) =>
        new SubnetWriter(_state, netuid.Value).Set("NetworkRegistrationAllowed", [allowed ? (byte)1 : (byte)0]);

    /// <summary>Sets how many neurons the subnet can hold.</summary>
    public void SetMaxAllowedUids(Netuid netuid, ushort count) => new SubnetWriter(_state, netuid.Value).Set("MaxAllowedUids", LittleEndian.U16(count));

    Subnet Existing(Netuid netuid)
    {
        var subnet = new Subnet(_state, netuid.Value);
        return subnet.Exists ? subnet : throw new InvalidOperationException($"Subnet {netuid} does not exist.");
    }
}
