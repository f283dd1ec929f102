namespace Bittensor.Substrate;

/// <summary>The runtime a connection talks to; replaced whole when the chain upgrades itself.</summary>
/// <param name="SpecVersion">Rises with every upgrade.</param>
/// <param name="TransactionVersion">Rises when the meaning of call bytes changes.</param>
/// <param name="Metadata">What the runtime says of itself.</param>
public sealed record ChainRuntime(uint SpecVersion, uint TransactionVersion, RuntimeMetadata Metadata);
