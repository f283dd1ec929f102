using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A function of a <see cref="RuntimeApi"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">Names and types of its parameters in order.</param>
/// <param name="Output">Type of its result.</param>
public sealed record RuntimeApiMethod(string Name, ImmutableArray<TypeField> Inputs, uint Output);
