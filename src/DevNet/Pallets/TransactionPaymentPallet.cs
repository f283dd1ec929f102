using DevNet.Metadata;

namespace DevNet.Pallets;

/// <summary>The TransactionPayment pallet: fees.</summary>
static class TransactionPaymentPallet
{
    public static PalletDefinition Definition { get; } = new("TransactionPayment", 6, "pallet_transaction_payment::pallet")
    {
        Events = VariantDefinition.ParseTable("0 TransactionFeePaid(who: AccountId32, actual_fee: u64, tip: u64) -- A fee was paid."),
        Storage = StorageDefinition.ParseTable("NextFeeMultiplier: FixedU128 = 000064a7b3b6e00d0000000000000000"),
        Constants = ConstantDefinition.ParseTable("OperationalFeeMultiplier: u8 = 05"),
    };

    /// <summary>The fee of a call that pays: a flat part and 500 RAO for every byte of the extrinsic.</summary>
    public static ulong Fee(int extrinsicLength) => 100_000 + (500 * (ulong)extrinsicLength);
}
