using static DevNet.Pallets.SubnetField;

namespace DevNet.Pallets;

/// <summary>The fields of SubnetState in order.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/rpc_info/show_subnet.rs (spec 393).</remarks>
static class SubnetStateFields
{
    public static IReadOnlyList<SubnetField> All { get; } =
    [
        Number("netuid", "NetUid", s => s.Netuid),
        Accounts("hotkeys", s => s.Hotkeys()),
        Accounts("coldkeys", s => s.Coldkeys()),
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
        Nothing("emission_history", "Vec<Vec<Compact<AlphaCurrency>>>"),
    ];
}
