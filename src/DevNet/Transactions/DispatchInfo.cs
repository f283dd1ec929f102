using Bittensor.Scale;

namespace DevNet.Transactions;

/// <summary>The weight every call on this chain is said to have; nothing is measured.</summary>
static class DispatchInfo
{
    public const ulong RefTime = 31_278_000;
    public const ulong ProofSize = 4_178;

    public static ScaleWriter WriteWeight(ScaleWriter writer) => writer.WriteCompact(RefTime).WriteCompact(ProofSize);

    /// <summary>RuntimeDispatchInfo: weight, class, fee in RAO.</summary>
    public static byte[] Encode(ulong fee) => WriteWeight(new ScaleWriter()).WriteByte(0).WriteUInt64(fee).ToArray();
}
