using System.Buffers.Binary;
using System.Numerics;

namespace Bittensor.Substrate;

/// <summary>How long a signed extrinsic may be included: forever, or from its birth block for <see cref="Period"/> blocks.</summary>
/// <remarks>Source: paritytech/polkadot-sdk, substrate/primitives/runtime/src/generic/era.rs.</remarks>
public readonly record struct Era
{
    /// <summary>Valid forever. Signed with the genesis hash.</summary>
    public static Era Immortal => default;

    Era(uint period, uint phase) => (Period, Phase) = (period, phase);

    /// <summary>Blocks of validity: a power of two from 4 to 65536; 0 when immortal.</summary>
    public uint Period { get; }

    /// <summary>Birth block modulo <see cref="Period"/>.</summary>
    public uint Phase { get; }

    /// <summary>True for <see cref="Immortal"/>.</summary>
    public bool IsImmortal => Period == 0;

    /// <summary>Valid for <paramref name="period"/> blocks around <paramref name="current"/>.</summary>
    /// <param name="period">A power of two from 4 to 65536.</param>
    /// <param name="current">Number of the block whose hash is signed; up to period 4096 it is the birth block exactly.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another period.</exception>
    public static Era Mortal(int period, ulong current)
    {
        if (period is < 4 or > 65536 || !BitOperations.IsPow2(period))
            throw new ArgumentOutOfRangeException(nameof(period), period, "An era's period is a power of two from 4 to 65536.");
        var quantize = Math.Max((uint)period >> 12, 1);
        return new Era((uint)period, (uint)(current % (uint)period) / quantize * quantize);
    }

    /// <summary>First block that may include the extrinsic, seen from block <paramref name="current"/>.</summary>
    public ulong Birth(ulong current) => IsImmortal ? 0 : ((Math.Max(current, Phase) - Phase) / Period * Period) + Phase;

    /// <summary>First block that may no longer include it, seen from block <paramref name="current"/>.</summary>
    public ulong Death(ulong current) => IsImmortal ? ulong.MaxValue : Birth(current) + Period;

    /// <summary>One zero byte, or two bytes.</summary>
    public byte[] Encode()
    {
        if (IsImmortal)
            return [0];
        var quantize = Math.Max(Period >> 12, 1);
        var bytes = new byte[2];
        var exponent = Math.Clamp(BitOperations.Log2(Period) - 1, 1, 15);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)((uint)exponent | ((Phase / quantize) << 4)));
        return bytes;
    }
}
