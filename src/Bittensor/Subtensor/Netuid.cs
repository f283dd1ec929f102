using System.Globalization;

namespace Bittensor.Subtensor;

/// <summary>The number of a subnet (u16 on chain). A type of its own, so that it cannot be swapped with a <see cref="Uid"/>.</summary>
public readonly record struct Netuid(ushort Value)
{
    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
