using DevNet.Metadata;

namespace DevNet.Pallets;

/// <summary>The SubtensorModule pallet: subnets, neurons, axons.</summary>
static class SubtensorPallet
{
    /// <summary>As of spec 393 where its indices are known, else of 365.</summary>
    public static PalletDefinition Definition { get; } = new("SubtensorModule", 7, "pallet_subtensor::pallet")
    {
        Calls = VariantDefinition.ParseTable("""
            4 serve_axon(netuid: NetUid, version: u32, ip: u128, port: u16, ip_type: u8, protocol: u8, placeholder1: u8, placeholder2: u8)
                -- Publishes where the hotkey's axon listens.
            40 serve_axon_tls(netuid: NetUid, version: u32, ip: u128, port: u16, ip_type: u8, protocol: u8, placeholder1: u8,
                placeholder2: u8, certificate: Vec<u8>) -- As serve_axon, with a certificate.
            5 serve_prometheus(netuid: NetUid, version: u32, ip: u128, port: u16, ip_type: u8)
                -- Publishes where the hotkey's prometheus endpoint listens.
            6 register(netuid: NetUid, block_number: u64, nonce: u64, work: Vec<u8>, hotkey: AccountId32, coldkey: AccountId32)
                -- Registers a neuron; paid like burned_register.
            7 burned_register(netuid: NetUid, hotkey: AccountId32) -- Registers a neuron by burning the subnet's price.
            """),
        Events = VariantDefinition.ParseTable("""
            0 NetworkAdded(NetUid, u16) -- A new network was added.
            1 NetworkRemoved(NetUid) -- A network was removed.
            2 StakeAdded(AccountId32, AccountId32, TaoCurrency, AlphaCurrency, NetUid, u64) -- Stake went from the coldkey to the hotkey.
            6 NeuronRegistered(NetUid, u16, AccountId32) -- A new neuron was registered.
            28 AxonServed(NetUid, AccountId32) -- An axon was published.
            29 PrometheusServed(NetUid, AccountId32) -- A prometheus endpoint was published.
            """),
        Errors = VariantDefinition.ParseTable("""
            0 RootNetworkDoesNotExist -- The root network does not exist.
            1 InvalidIpType -- The address type is neither 4 nor 6.
            2 InvalidIpAddress -- The address is not one that can be served.
            3 InvalidPort -- The port is zero.
            4 HotKeyNotRegisteredInSubNet -- The hotkey is not registered on this subnet.
            5 HotKeyAccountNotExists -- The hotkey has no account.
            6 HotKeyNotRegisteredInNetwork -- The hotkey is not registered on any subnet.
            7 NonAssociatedColdKey -- The hotkey belongs to another coldkey.
            8 NotEnoughStake -- The stake is too low.
            12 NotEnoughBalanceToStake -- The coldkey's balance does not cover the amount.
            20 TooManyRegistrationsThisBlock -- The block already holds as many registrations as the subnet allows.
            21 HotKeyAlreadyRegisteredInSubNet -- The hotkey already has a uid on this subnet.
            30 ServingRateLimitExceeded -- The hotkey served too recently.
            36 SubNetRegistrationDisabled -- The subnet takes no registrations.
            37 TooManyRegistrationsThisInterval -- The interval already holds as many registrations as the subnet allows.
            41 RegistrationNotPermittedOnRootSubnet -- Netuid 0 is not registered on this way.
            47 NoNeuronIdAvailable -- Every uid of the subnet is taken and none may be replaced.
            73 SubnetNotExists -- The subnet does not exist.
            """),
        Storage = StorageDefinition.ParseTable(SubtensorStorage.Items),
        Constants = ConstantDefinition.ParseTable("""
            InitialTempo: u16 = 6801
            InitialBurn: u64 = 00e1f50500000000
            InitialMaxAllowedUids: u16 = 0001
            InitialImmunityPeriod: u16 = 0010
            InitialServingRateLimit: u64 = 3200000000000000
            InitialTaoWeight: u64 = fc62e03efa3c7c0d
            """),
    };

    /// <summary>As of spec 204: an error more at the front, an event less, no item that came later.</summary>
    public static PalletDefinition Classic { get; } = Definition with
    {
        Events = Moved(Definition.Events, index => index < 6 ? index : index - 1),
        Errors = Moved(Definition.Errors, index => index < 1 ? index : index + 1),
        Storage = Without("TaoWeight", "MechanismCountCurrent", "MechanismEmissionSplit"),
    };

    /// <summary>Every index moved, and the scores that nobody computes any more gone.</summary>
    public static PalletDefinition Next { get; } = Definition with
    {
        Index = 9,
        Calls = Moved(Definition.Calls, index => index + 50),
        Events = Moved(Definition.Events, index => index + 3),
        Errors = Moved(Definition.Errors, index => index + 2),
        Storage = Without("Rank", "Trust", "PruningScores"),
    };

    static VariantDefinition[] Moved(VariantDefinition[] variants, Func<int, int> move) =>
        [.. variants.Select(variant => variant with { Index = (byte)move(variant.Index) })];

    static StorageDefinition[] Without(params string[] names) => [.. Definition.Storage.Where(item => !names.Contains(item.Name))];
}
