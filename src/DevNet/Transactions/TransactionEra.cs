using Bittensor.Scale;

namespace DevNet.Transactions;

/// <summary>How long a transaction may wait. <c>Period</c> 0 is immortal.</summary>
/// <remarks>Source: polkadot-sdk, substrate/primitives/runtime/src/generic/era.rs.</remarks>
readonly record struct TransactionEra(ulong Period, ulong Phase)
{
    public bool IsImmortal => Period == 0;

    public static TransactionEra Read(ref ScaleReader reader)
    {
        var first = reader.ReadByte();
        if (first == 0)
            return default;
        var encoded = (ulong)(first | (reader.ReadByte() << 8));
        var period = 2ul << (int)(encoded % 16);
        var phase = (encoded >> 4) * Math.Max(period >> 12, 1);
        return period >= 4 && phase < period
            ? new(period, phase)
            : throw new ScaleException($"Period {period} with phase {phase} is no era.");
    }

    /// <summary>The block this era began with, seen from <paramref name="current"/>.</summary>
    public ulong Birth(ulong current) => IsImmortal ? 0 : ((Math.Max(current, Phase) - Phase) / Period * Period) + Phase;

    /// <summary>The first block that may no longer hold the transaction.</summary>
    public ulong Death(ulong current) => IsImmortal ? ulong.MaxValue : Birth(current) + Period;
}
