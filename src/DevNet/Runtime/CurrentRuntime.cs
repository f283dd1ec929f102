using DevNet.Pallets;

namespace DevNet.Runtime;

/// <summary>The shape of Subtensor's spec 393 (April 2026), as far as a miner and a validator need it.</summary>
static class CurrentRuntime
{
    public const uint SpecVersion = 393;

    public static RuntimeDefinition Create() => new(
        SpecVersion,
        [
            SystemPallet.Define(SpecVersion, RuntimeApis.Current), TimestampPallet.Definition, BalancesPallet.Definition,
            TransactionPaymentPallet.Definition, SubtensorPallet.Definition,
        ],
        RuntimeApis.Current,
        RuntimeExtensions.Current);
}
