using DevNet.Metadata;

namespace DevNet.Pallets;

/// <summary>The Timestamp pallet: every block's first extrinsic sets the time.</summary>
static class TimestampPallet
{
    public static PalletDefinition Definition { get; } = new("Timestamp", 2, "pallet_timestamp::pallet")
    {
        Calls = VariantDefinition.ParseTable("0 set(now: Compact<u64>) -- Sets the current time, in milliseconds."),
        Storage = StorageDefinition.ParseTable("""
            Now: u64 = 0000000000000000
            DidUpdate: bool = 00
            """),
        Constants = ConstantDefinition.ParseTable("MinimumPeriod: u64 = 7017000000000000"),
    };
}
