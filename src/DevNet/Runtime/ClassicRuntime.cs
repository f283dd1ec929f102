using DevNet.Pallets;

namespace DevNet.Runtime;

/// <summary>The shape of Subtensor's spec 204 (early 2025): untyped results, few calls, nothing checked before the block.</summary>
static class ClassicRuntime
{
    public const uint SpecVersion = 204;

    public static RuntimeDefinition Create() => new(
        SpecVersion,
        [
            SystemPallet.Define(SpecVersion, RuntimeApis.Classic), TimestampPallet.Definition, BalancesPallet.Definition,
            TransactionPaymentPallet.Definition, SubtensorPallet.Classic,
        ],
        RuntimeApis.Classic,
        RuntimeExtensions.Classic)
    {
        Rules = new()
        {
            MetadataVersions = [14, 15],
            WrapsReplies = true,
            ValidatesCalls = false,
            TakesZeroAddress = false,
            RegistrationPaysFee = false,
            Priority = ulong.MaxValue,
        },
    };
}
