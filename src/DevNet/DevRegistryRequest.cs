namespace DevNet;

/// <summary>One request as it came, whether it was answered well or not.</summary>
/// <param name="At">When it came, by the registry's clock.</param>
/// <param name="Operation">What it asks for.</param>
/// <param name="Username">Whose key it carried; null for none or a wrong one.</param>
/// <param name="UserAgent">What the client calls itself.</param>
/// <param name="Body">The whole body.</param>
public sealed record DevRegistryRequest(DateTimeOffset At, DevRegistryOperation Operation, string? Username, string UserAgent, string Body);
