using DevNet.Metadata;

namespace DevNet.Pallets;

/// <summary>The Balances pallet; amounts are u64 RAO.</summary>
static class BalancesPallet
{
    /// <summary>RAO an account must hold to exist.</summary>
    public const ulong ExistentialDeposit = 500;

    public static PalletDefinition Definition { get; } = new("Balances", 5, "pallet_balances::pallet", "T, I")
    {
        Calls = VariantDefinition.ParseTable("""
            0 transfer_allow_death(dest: MultiAddress, value: Compact<u64>) -- Transfers free balance; may reap the sender.
            3 transfer_keep_alive(dest: MultiAddress, value: Compact<u64>) -- Transfers free balance and keeps the sender alive.
            """),
        Events = VariantDefinition.ParseTable("""
            0 Endowed(account: AccountId32, free_balance: u64) -- An account was created with some free balance.
            1 DustLost(account: AccountId32, amount: u64) -- An account was removed with some balance left.
            2 Transfer(from: AccountId32, to: AccountId32, amount: u64) -- A transfer succeeded.
            3 BalanceSet(who: AccountId32, free: u64) -- A balance was set by root.
            7 Deposit(who: AccountId32, amount: u64) -- An amount was deposited.
            8 Withdraw(who: AccountId32, amount: u64) -- An amount was withdrawn.
            """),
        Errors = VariantDefinition.ParseTable("""
            0 VestingBalance -- The vesting balance is too high to send the value.
            1 LiquidityRestrictions -- The account's liquidity restrictions prevent the withdrawal.
            2 InsufficientBalance -- The balance is too low to send the value.
            3 ExistentialDeposit -- The value is too low to create the account.
            4 Expendability -- The transfer would kill the account.
            """),
        Storage = StorageDefinition.ParseTable("""
            TotalIssuance: u64 = 0000000000000000
            InactiveIssuance: u64 = 0000000000000000
            """),
        Constants = ConstantDefinition.ParseTable("ExistentialDeposit: u64 = f401000000000000"),
    };
}
