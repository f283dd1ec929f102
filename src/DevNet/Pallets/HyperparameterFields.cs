using static DevNet.Pallets.SubnetField;

namespace DevNet.Pallets;

/// <summary>The fields of SubnetHyperparams in order.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/rpc_info/subnet_info.rs (spec 393).</remarks>
static class HyperparameterFields
{
    public static IReadOnlyList<SubnetField> All { get; } =
    [
        Number("rho", "u16", s => s.U16("Rho")),
        Number("kappa", "u16", s => s.U16("Kappa")),
        Number("immunity_period", "u16", s => s.U16("ImmunityPeriod")),
        Number("min_allowed_weights", "u16", _ => 1),
        Number("max_weights_limit", "u16", _ => ushort.MaxValue),
        Number("tempo", "u16", s => s.U16("Tempo")),
        Number("min_difficulty", "u64", s => s.U64("Difficulty")),
        Number("max_difficulty", "u64", s => s.U64("Difficulty")),
        Number("weights_version", "u64", s => s.U64("WeightsVersionKey")),
        Number("weights_rate_limit", "u64", s => s.U64("WeightsSetRateLimit")),
        Number("adjustment_interval", "u16", s => s.U16("AdjustmentInterval")),
        Number("activity_cutoff", "Cutoff", s => s.U16("ActivityCutoff")),
        Flag("registration_allowed", s => s.Flag("NetworkRegistrationAllowed")),
        Number("target_regs_per_interval", "u16", s => s.U16("TargetRegistrationsPerInterval")),
        Number("min_burn", "u64", s => s.U64("MinBurn")),
        Number("max_burn", "u64", s => s.U64("MaxBurn")),
        Number("bonds_moving_avg", "u64", _ => 900_000),
        Number("max_regs_per_block", "u16", s => s.U16("MaxRegistrationsPerBlock")),
        Number("serving_rate_limit", "u64", s => s.U64("ServingRateLimit")),
        Number("max_validators", "u16", s => s.U16("MaxAllowedValidators")),
        Number("adjustment_alpha", "u64", _ => 0),
        Number("difficulty", "u64", s => s.U64("Difficulty")),
        Number("commit_reveal_period", "u64", _ => 1),
        Flag("commit_reveal_weights_enabled", _ => false),
        Number("alpha_high", "u16", _ => 58982),
        Number("alpha_low", "u16", _ => 45875),
        Flag("liquid_alpha_enabled", _ => false),
    ];
}
