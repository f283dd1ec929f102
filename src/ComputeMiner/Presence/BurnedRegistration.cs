using System.Collections.Immutable;
using System.Globalization;
using Bittensor.Keys;
using Bittensor.Scale;
using Bittensor.Substrate;
using Bittensor.Subtensor;

namespace ComputeMiner.Presence;

/// <summary>What a registration costs, and what the coldkey that pays has, in RAO.</summary>
readonly record struct RegistrationPrice(ulong Cost, ulong Balance)
{
    public static string Tao(ulong rao) => (rao / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture) + " TAO";
}

/// <summary>Buys the hotkey a uid on the subnet. Nothing is signed that is known to fail, or that costs more than was agreed to.</summary>
sealed class BurnedRegistration(SubtensorClient chain, Netuid netuid, Hotkey hotkey)
{
    /// <summary>The price now.</summary>
    /// <exception cref="RegistrationException">It is not for sale: no such subnet, closed, registered already, or the balance is too low.</exception>
    /// <exception cref="SubstrateException">The node failed.</exception>
    public async Task<RegistrationPrice> AskAsync(AccountId coldkey, CancellationToken cancellation)
    {
        if (!await IsSetAsync("NetworksAdded", cancellation))
            throw Refused("SubnetNotExists");
        if (await chain.GetUidAsync(netuid, hotkey, cancellation) is { } uid)
            throw new RegistrationException($"{hotkey} is already registered on subnet {netuid.Value}: uid {uid.Value}. There is nothing to do.");
        if (!await IsSetAsync("NetworkRegistrationAllowed", cancellation))
            throw Refused("SubNetRegistrationDisabled");
        var price = new RegistrationPrice(await chain.GetBurnAsync(netuid, cancellation), await chain.GetBalanceAsync(coldkey, cancellation));
        return price.Balance > price.Cost ? price : throw new RegistrationException(
            $"The coldkey {coldkey} has {RegistrationPrice.Tao(price.Balance)}; registering costs {RegistrationPrice.Tao(price.Cost)} and a small fee. Send it more TAO first.");
    }

    /// <summary>Pays and returns the uid that the chain's own event names, or its storage where the event cannot be read.</summary>
    /// <param name="agreed">The most the registration may cost, in RAO.</param>
    /// <param name="coldkey">Pays and signs.</param>
    /// <param name="cancellation">Stops waiting; what was sent may still take effect.</param>
    /// <exception cref="RegistrationException">The price rose, or the chain refused.</exception>
    /// <exception cref="SubstrateException">The node failed; whether it took effect is not known.</exception>
    public async Task<(Uid Uid, ExtrinsicReceipt Receipt)> BuyAsync(ulong agreed, Keypair coldkey, CancellationToken cancellation)
    {
        var cost = (await AskAsync(coldkey.Account, cancellation)).Cost;
        if (cost > agreed)
        {
            throw new RegistrationException(
                $"The price rose from {RegistrationPrice.Tao(agreed)} to {RegistrationPrice.Tao(cost)} meanwhile. Nothing was signed; run it again to agree to the new one.");
        }
        try
        {
            var receipt = await chain.BurnedRegisterAsync(netuid, hotkey, coldkey, cancellation);
            var uid = UidIn(receipt.Events) ?? await chain.GetUidAsync(netuid, hotkey, cancellation)
                ?? throw new RegistrationException($"Block {receipt.Block} holds the call, but the chain names no uid. Check with 'miner doctor' before paying again.");
            return (uid, receipt);
        }
        catch (ExtrinsicFailedException refusal)
        {
            throw Refused(refusal.ErrorName, refusal);
        }
    }

    /// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/macros/events.rs, NeuronRegistered(netuid, uid, hotkey).</remarks>
    internal static Uid? UidIn(ImmutableArray<ChainEvent> events)
    {
        var fields = events.LastOrDefault(entry => entry is { Pallet: "SubtensorModule", Name: "NeuronRegistered" })?.Fields;
        var value = fields?.Find("uid") ?? fields?.Values.ElementAtOrDefault(1);
        try
        {
            return value?.AsUInt64() is <= ushort.MaxValue and var uid ? new Uid((ushort)uid) : null;
        }
        catch (ScaleException)
        {
            return null;
        }
    }

    /// <summary>True too where the runtime has no such item any more: the chain judges the call itself.</summary>
    async Task<bool> IsSetAsync(string item, CancellationToken cancellation)
    {
        var runtime = await chain.Substrate.GetRuntimeAsync(cancellation);
        return !runtime.Metadata.Pallet("SubtensorModule").Storage.ContainsKey(item)
            || await chain.Substrate.GetStorageAsync("SubtensorModule", item, [ScaleValue.Of(netuid.Value)], null, cancellation) is { } value && value.AsBoolean();
    }

    RegistrationException Refused(string error, ExtrinsicFailedException? refusal = null) => new(
        error switch
        {
            "SubnetNotExists" => $"There is no subnet {netuid.Value} on this chain. Check --netuid and --subtensor.network.",
            "RegistrationNotPermittedOnRootSubnet" => "Nobody can register on the root subnet. Check --netuid.",
            "SubNetRegistrationDisabled" => $"Subnet {netuid.Value} is closed for registrations now. Try again when its owner has opened it.",
            "HotKeyAlreadyRegisteredInSubNet" => $"{hotkey} is already registered on subnet {netuid.Value}. There is nothing to do.",
            "NotEnoughBalanceToStake" or "BalanceTooLow" or "Payment" => "The coldkey's balance is too low for the price and the fee. Send it more TAO first.",
            "NonAssociatedColdKey" => $"{hotkey} belongs to another coldkey. Register it with that one, or make a new hotkey.",
            "NoNeuronIdAvailable" => $"Subnet {netuid.Value} is full and none of its neurons can be replaced now. Try again later.",
            "TooManyRegistrationsThisBlock" or "TooManyRegistrationsThisInterval" or "RateLimitExceeded" =>
                $"Subnet {netuid.Value} takes no more registrations in this interval. Try again in some minutes.",
            _ => refusal?.Message ?? error,
        },
        refusal);
}
