using DevNet.Pallets;

namespace DevNet.Runtime;

/// <summary>What is seen coming, as spec 473: more fields, fewer scores, numbers in types of their own, indices that moved.</summary>
/// <remarks>Source: later revisions of RaoFoundation/subtensor; the moved indices are this chain's own.</remarks>
static class NextRuntime
{
    public const uint SpecVersion = 473;

    public static RuntimeDefinition Create() => new(
        SpecVersion,
        [
            SystemPallet.Define(SpecVersion, RuntimeApis.Current), TimestampPallet.Definition, BalancesPallet.Definition,
            TransactionPaymentPallet.Definition, SubtensorPallet.Next,
        ],
        RuntimeApis.Current,
        RuntimeExtensions.Current)
    {
        LaterExtensions = RuntimeExtensions.Later,
        MetagraphFields = MetagraphFields.Next,
        SelectiveFields = MetagraphFields.NextSelective,
        Rules = new() { ExtrinsicVersions = [4, 5], WrapsNumbers = true, ServesOwnSubnetOnly = true },
    };
}
