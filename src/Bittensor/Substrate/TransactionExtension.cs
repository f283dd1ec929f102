namespace Bittensor.Substrate;

/// <summary>Something every signed extrinsic carries or signs besides its call.</summary>
/// <param name="Identifier">Its name, for example <c>CheckNonce</c>.</param>
/// <param name="Type">What stands in the extrinsic.</param>
/// <param name="Implicit">What is signed without standing in the extrinsic.</param>
public sealed record TransactionExtension(string Identifier, uint Type, uint Implicit);
