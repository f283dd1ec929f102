namespace DevNet.Pallets;

/// <summary>The storage items of SubtensorModule that a miner or a validator reads, with the hashers and defaults of spec 393.</summary>
static class SubtensorStorage
{
    /// <summary>0.18 of 2^64-1, what the live chain's governance has set.</summary>
    public const ulong UsualTaoWeight = 3_320_413_933_267_719_290;

    const string ZeroAccount = "0000000000000000000000000000000000000000000000000000000000000000";

    public const string Items = $"""
        TaoWeight: u64 = fc62e03efa3c7c0d
        StakeThreshold: u64 = 0000000000000000
        TotalNetworks: u16 = 0000
        TotalStake: u64 = 0000000000000000
        TotalIssuance: u64 = 0000000000000000
        Owner(Blake2_128Concat AccountId32): AccountId32 = {ZeroAccount}
        OwnedHotkeys(Blake2_128Concat AccountId32): Vec<AccountId32> = 00
        StakingHotkeys(Blake2_128Concat AccountId32): Vec<AccountId32> = 00
        TotalHotkeyAlpha(Blake2_128Concat AccountId32, Identity NetUid): AlphaCurrency = 0000000000000000
        TotalHotkeyShares(Blake2_128Concat AccountId32, Identity NetUid): U64F64 = 00000000000000000000000000000000
        Alpha(Blake2_128Concat AccountId32, Blake2_128Concat AccountId32, Identity NetUid): U64F64 = 00000000000000000000000000000000
        NetworksAdded(Identity NetUid): bool = 00
        NetworkRegisteredAt(Identity NetUid): u64 = 0000000000000000
        NetworkRegistrationAllowed(Identity NetUid): bool = 01
        NetworkPowRegistrationAllowed(Identity NetUid): bool = 00
        SubnetOwner(Identity NetUid): AccountId32 = {ZeroAccount}
        SubnetOwnerHotkey(Identity NetUid): AccountId32 = {ZeroAccount}
        SubnetworkN(Identity NetUid): u16 = 0000
        MaxAllowedUids(Identity NetUid): u16 = 0001
        MaxAllowedValidators(Identity NetUid): u16 = 8000
        Tempo(Identity NetUid): u16 = 6801
        BlocksSinceLastStep(Identity NetUid): u64 = 0000000000000000
        LastMechansimStepBlock(Identity NetUid): u64 = 0000000000000000
        ServingRateLimit(Identity NetUid): u64 = 3200000000000000
        ImmunityPeriod(Identity NetUid): u16 = 0010
        ActivityCutoff(Identity NetUid): u16 = 8813
        Rho(Identity NetUid): u16 = 0a00
        Kappa(Identity NetUid): u16 = ff7f
        WeightsVersionKey(Identity NetUid): u64 = 0000000000000000
        WeightsSetRateLimit(Identity NetUid): u64 = 6400000000000000
        AdjustmentInterval(Identity NetUid): u16 = 6400
        Burn(Identity NetUid): TaoCurrency = 00e1f50500000000
        MinBurn(Identity NetUid): TaoCurrency = 20a1070000000000
        MaxBurn(Identity NetUid): TaoCurrency = 00e8764817000000
        Difficulty(Identity NetUid): u64 = 8096980000000000
        RegistrationsThisBlock(Identity NetUid): u16 = 0000
        RegistrationsThisInterval(Identity NetUid): u16 = 0000
        MaxRegistrationsPerBlock(Identity NetUid): u16 = 0100
        TargetRegistrationsPerInterval(Identity NetUid): u16 = 0200
        RAORecycledForRegistration(Identity NetUid): TaoCurrency = 0000000000000000
        MechanismCountCurrent(Twox64Concat NetUid): u8 = 01
        MechanismEmissionSplit(Twox64Concat NetUid): Vec<u16>?
        Uids(Identity NetUid, Blake2_128Concat AccountId32): u16?
        Keys(Identity NetUid, Identity u16): AccountId32 = {ZeroAccount}
        IsNetworkMember(Blake2_128Concat AccountId32, Identity NetUid): bool = 00
        Axons(Identity NetUid, Blake2_128Concat AccountId32): AxonInfo?
        Prometheus(Identity NetUid, Blake2_128Concat AccountId32): PrometheusInfo?
        NeuronCertificates(Identity NetUid, Blake2_128Concat AccountId32): NeuronCertificate?
        BlockAtRegistration(Identity NetUid, Identity u16): u64 = 0000000000000000
        Active(Identity NetUid): Vec<bool> = 00
        ValidatorPermit(Identity NetUid): Vec<bool> = 00
        Rank(Identity NetUid): Vec<u16> = 00
        Trust(Identity NetUid): Vec<u16> = 00
        PruningScores(Identity NetUid): Vec<u16> = 00
        Consensus(Identity NetUid): Vec<u16> = 00
        Incentive(Identity NetUidStorageIndex): Vec<u16> = 00
        Dividends(Identity NetUid): Vec<u16> = 00
        ValidatorTrust(Identity NetUid): Vec<u16> = 00
        Emission(Identity NetUid): Vec<AlphaCurrency> = 00
        LastUpdate(Identity NetUidStorageIndex): Vec<u64> = 00
        Weights(Identity NetUidStorageIndex, Identity u16): Vec<(u16, u16)> = 00
        Bonds(Identity NetUidStorageIndex, Identity u16): Vec<(u16, u16)> = 00
        """;
}
