using Bittensor.Keys;
using DevNet.State;

namespace DevNet.Pallets;

/// <summary>Burned registration: a coldkey pays the subnet's price for a uid.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/subnets/registration.rs (spec 393).</remarks>
static class Registration
{
    /// <summary>The limits per block and per interval, which are also checked before a transaction enters the pool.</summary>
    public static string? CheckRate(ChainState state, ushort netuid)
    {
        var subnet = new Subnet(state, netuid);
        if (subnet.U16("RegistrationsThisBlock") >= subnet.U16("MaxRegistrationsPerBlock"))
            return "TooManyRegistrationsThisBlock";
        return subnet.U16("RegistrationsThisInterval") >= 3 * subnet.U16("TargetRegistrationsPerInterval") ? "TooManyRegistrationsThisInterval" : null;
    }

    /// <summary>Registers, and returns null; or changes nothing, and returns the pallet error's name.</summary>
    public static string? Register(ChainState state, EventLog events, AccountId coldkey, ushort netuid, AccountId hotkey)
    {
        var (subnet, accounts) = (new Subnet(state, netuid), new Accounts(state));
        var price = subnet.U64("Burn");
        if (Refusal(subnet, accounts, coldkey, hotkey, price) is { } error)
            return error;
        if (!TryPlace(subnet, hotkey, coldkey, out var uid))
            return "NoNeuronIdAvailable";

        accounts.SetFree(coldkey, accounts.Free(coldkey) - price);
        var writer = new SubnetWriter(state, netuid);
        writer.Set("RAORecycledForRegistration", LittleEndian.U64(subnet.U64("RAORecycledForRegistration") + price));
        writer.Set("RegistrationsThisBlock", LittleEndian.U16((ushort)(subnet.U16("RegistrationsThisBlock") + 1)));
        writer.Set("RegistrationsThisInterval", LittleEndian.U16((ushort)(subnet.U16("RegistrationsThisInterval") + 1)));
        events.Add("Balances.Withdraw", fields => fields.WriteBytes(coldkey.Bytes).WriteUInt64(price));
        Announce(events, netuid, uid, hotkey);
        return null;
    }

    /// <summary>Gives the hotkey the next uid, or the one of the neuron that is worth least. False when none may be replaced.</summary>
    public static bool TryPlace(Subnet subnet, AccountId hotkey, AccountId coldkey, out ushort uid)
    {
        var writer = new SubnetWriter(subnet.State, subnet.Netuid);
        if (subnet.Count < subnet.U16("MaxAllowedUids"))
        {
            uid = writer.Append(hotkey, coldkey);
            return true;
        }
        if (Replaceable(subnet) is not { } victim)
        {
            uid = 0;
            return false;
        }
        uid = victim;
        writer.Replace(uid, hotkey, coldkey);
        return true;
    }

    public static void Announce(EventLog events, ushort netuid, ushort uid, AccountId hotkey) =>
        events.Add("SubtensorModule.NeuronRegistered", fields => fields.WriteUInt16(netuid).WriteUInt16(uid).WriteBytes(hotkey.Bytes));

    static string? Refusal(Subnet subnet, Accounts accounts, AccountId coldkey, AccountId hotkey, ulong price)
    {
        if (subnet.Netuid == 0)
            return "RegistrationNotPermittedOnRootSubnet";
        if (!subnet.Exists)
            return "SubnetNotExists";
        if (!subnet.Flag("NetworkRegistrationAllowed"))
            return "SubNetRegistrationDisabled";
        if (CheckRate(subnet.State, subnet.Netuid) is { } rate)
            return rate;
        if (subnet.Uid(hotkey) is not null)
            return "HotKeyAlreadyRegisteredInSubNet";
        var owner = subnet.State.Find("SubtensorModule.Owner", hotkey.Bytes.ToArray());
        if (owner is not null && !owner.AsSpan().SequenceEqual(coldkey.Bytes))
            return "NonAssociatedColdKey";
        return accounts.Free(coldkey) < price + BalancesPallet.ExistentialDeposit ? "NotEnoughBalanceToStake" : null;
    }

    /// <summary>Neurons past their immunity go first, then those with the least emission, then the oldest; the owner's hotkey never goes.</summary>
    static ushort? Replaceable(Subnet subnet)
    {
        var owner = subnet.Get("SubnetOwnerHotkey");
        var emission = subnet.Numbers("Emission");
        var (now, immunity) = (subnet.State.BlockNumber, subnet.U16("ImmunityPeriod"));
        return Enumerable.Range(0, subnet.Count).Select(uid => (ushort)uid)
            .Where(uid => !subnet.Hotkey(uid).AsSpan().SequenceEqual(owner))
            .OrderBy(uid => now - subnet.RegistrationBlock(uid) < immunity)
            .ThenBy(uid => emission[uid])
            .ThenBy(subnet.RegistrationBlock)
            .ThenBy(uid => uid)
            .Select(uid => (ushort?)uid)
            .FirstOrDefault();
    }
}
