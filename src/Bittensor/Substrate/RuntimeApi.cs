using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>A trait of functions the runtime offers to be called.</summary>
/// <param name="Name">Its name, for example <c>SubnetInfoRuntimeApi</c>.</param>
/// <param name="Methods">Its functions by name.</param>
public sealed record RuntimeApi(string Name, ImmutableDictionary<string, RuntimeApiMethod> Methods);
