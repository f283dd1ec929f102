using System.Globalization;

namespace Bittensor.Subtensor;

/// <summary>The number of a neuron within its subnet (u16 on chain). It changes owner when a registration replaces the neuron.</summary>
public readonly record struct Uid(ushort Value)
{
    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
