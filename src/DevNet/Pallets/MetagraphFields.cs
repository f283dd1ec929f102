using static DevNet.Pallets.SubnetField;

namespace DevNet.Pallets;

/// <summary>The fields of Metagraph in order; a field's position is its index for the selective metagraph.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/rpc_info/metagraph.rs (spec 393).</remarks>
static class MetagraphFields
{
    /// <summary>The fields both structs have.</summary>
    public static IReadOnlyList<SubnetField> Full { get; } =
    [
        Number("netuid", "NetUid", s => s.Netuid),
        Text("name", s => s.Name),
        Text("symbol", _ => "d"u8.ToArray()),
        Nothing("identity", "Option<SubnetIdentityV3>"),
        Number("network_registered_at", "u64", s => s.U64("NetworkRegisteredAt")),
        new("owner_hotkey", "AccountId32", (w, s) => w.WriteBytes(s.Get("SubnetOwnerHotkey"))),
        new("owner_coldkey", "AccountId32", (w, s) => w.WriteBytes(s.Get("SubnetOwner"))),
        Number("block", "u64", s => s.State.BlockNumber),
        Number("tempo", "u16", s => s.U16("Tempo")),
        Number("last_step", "u64", s => s.U64("LastMechansimStepBlock")),
        Number("blocks_since_last_step", "u64", s => s.U64("BlocksSinceLastStep")),
        Number("subnet_emission", "u64", _ => 0),
        Number("alpha_in", "AlphaCurrency", _ => 0),
        Number("alpha_out", "AlphaCurrency", _ => 0),
        Number("tao_in", "TaoCurrency", _ => 0),
        Number("alpha_out_emission", "AlphaCurrency", _ => 0),
        Number("alpha_in_emission", "AlphaCurrency", _ => 0),
        Number("tao_in_emission", "TaoCurrency", _ => 0),
        Number("pending_alpha_emission", "AlphaCurrency", _ => 0),
        Number("pending_root_emission", "TaoCurrency", _ => 0),
        Number("subnet_volume", "u128", _ => 0),
        Nothing("moving_price", "I96F32", 16),
        Number("rho", "u16", s => s.U16("Rho")),
        Number("kappa", "u16", s => s.U16("Kappa")),
        Number("min_allowed_weights", "u16", _ => 1),
        Number("max_weights_limit", "u16", _ => ushort.MaxValue),
        Number("weights_version", "u64", s => s.U64("WeightsVersionKey")),
        Number("weights_rate_limit", "u64", s => s.U64("WeightsSetRateLimit")),
        Number("activity_cutoff", "Cutoff", s => s.U16("ActivityCutoff")),
        Number("max_validators", "u16", s => s.U16("MaxAllowedValidators")),
        Number("num_uids", "u16", s => s.Count),
        Number("max_uids", "u16", s => s.U16("MaxAllowedUids")),
        Number("burn", "TaoCurrency", s => s.U64("Burn")),
        Number("difficulty", "u64", s => s.U64("Difficulty")),
        Flag("registration_allowed", s => s.Flag("NetworkRegistrationAllowed")),
        Flag("pow_registration_allowed", s => s.Flag("NetworkPowRegistrationAllowed")),
        Number("immunity_period", "u16", s => s.U16("ImmunityPeriod")),
        Number("min_difficulty", "u64", s => s.U64("Difficulty")),
        Number("max_difficulty", "u64", s => s.U64("Difficulty")),
        Number("min_burn", "TaoCurrency", s => s.U64("MinBurn")),
        Number("max_burn", "TaoCurrency", s => s.U64("MaxBurn")),
        Number("adjustment_alpha", "u64", _ => 0),
        Number("adjustment_interval", "u16", s => s.U16("AdjustmentInterval")),
        Number("target_regs_per_interval", "u16", s => s.U16("TargetRegistrationsPerInterval")),
        Number("max_regs_per_block", "u16", s => s.U16("MaxRegistrationsPerBlock")),
        Number("serving_rate_limit", "u64", s => s.U64("ServingRateLimit")),
        Flag("commit_reveal_weights_enabled", _ => false),
        Number("commit_reveal_period", "u64", _ => 1),
        Flag("liquid_alpha_enabled", _ => false),
        Number("alpha_high", "u16", _ => 58982),
        Number("alpha_low", "u16", _ => 45875),
        Number("bonds_moving_avg", "u64", _ => 900_000),
        Accounts("hotkeys", s => s.Hotkeys()),
        Accounts("coldkeys", s => s.Coldkeys()),
        new("identities", "Vec<Option<ChainIdentityV2>>", (w, s) => w.WriteCompact(s.Count).WriteBytes(new byte[s.Count])),
        new("axons", "Vec<AxonInfo>", (w, s) => WriteList(w, s.Hotkeys(), (list, hotkey) => list.WriteBytes(s.AxonOrZero(hotkey)))),
        Flags("active", s => s.Flags("Active")),
        Flags("validator_permit", s => s.Flags("ValidatorPermit")),
        Numbers("pruning_score", "Score", s => s.Numbers("PruningScores")),
        Numbers("last_update", "u64", s => s.Numbers("LastUpdate")),
        Numbers("emission", "AlphaCurrency", s => s.Numbers("Emission")),
        Numbers("dividends", "Score", s => s.Numbers("Dividends")),
        Numbers("incentives", "Score", s => s.Numbers("Incentive")),
        Numbers("consensus", "Score", s => s.Numbers("Consensus")),
        Numbers("trust", "Score", s => s.Numbers("Trust")),
        Numbers("rank", "Score", s => s.Numbers("Rank")),
        Numbers("block_at_registration", "u64", s => s.RegistrationBlocks()),
        Numbers("alpha_stake", "AlphaCurrency", s => s.AlphaStake()),
        Numbers("tao_stake", "TaoCurrency", s => s.TaoStake()),
        Numbers("total_stake", "TaoCurrency", s => s.TotalStake()),
        Nothing("tao_dividends_per_hotkey", "Vec<(AccountId32, Compact<TaoCurrency>)>"),
        Nothing("alpha_dividends_per_hotkey", "Vec<(AccountId32, Compact<AlphaCurrency>)>"),
    ];

    /// <summary>All fields of the selective metagraph, without the Option around each but the first.</summary>
    public static IReadOnlyList<SubnetField> Selective { get; } =
    [
        .. Full,
        Numbers("validators", "u16", s => s.Validators()),
        Nothing("commitments", "Vec<(AccountId32, Vec<Compact<u8>>)>"),
    ];

    /// <summary>What later runtimes append to both structs. Nothing is ever locked on this chain, so each is a zero per neuron.</summary>
    static readonly SubnetField[] Collateral =
        [.. new[] { "locked", "min", "earned" }.Select(part => Numbers("collateral_" + part, "TaoCurrency", s => new ulong[s.Count]))];

    /// <summary>The metagraph with what was appended.</summary>
    public static IReadOnlyList<SubnetField> Next { get; } = [.. Full, .. Collateral];

    /// <summary>The selective metagraph with what was appended.</summary>
    public static IReadOnlyList<SubnetField> NextSelective { get; } = [.. Selective, .. Collateral];

    /// <summary>The fields of SelectiveMetagraph as declared: every one but netuid is optional.</summary>
    public static string DeclareSelective(IEnumerable<SubnetField> fields) => string.Join(
        ", ", fields.Select((field, index) => index == 0 ? $"{field.Name}: {field.Type}" : $"{field.Name}: Option<{field.Type}>"));
}
