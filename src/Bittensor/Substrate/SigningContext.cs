namespace Bittensor.Substrate;

/// <summary>What a signed extrinsic states besides its call.</summary>
/// <param name="SpecVersion">The runtime's version it was made for.</param>
/// <param name="TransactionVersion">The runtime's transaction version.</param>
/// <param name="GenesisHash">The chain it was made for.</param>
/// <param name="Nonce">The signer's next number.</param>
/// <param name="Era">How long it is valid.</param>
/// <param name="EraHash">Hash of the era's birth block; the genesis hash when immortal.</param>
/// <param name="Tip">RAO on top of the fee; charged even for calls that are free.</param>
public sealed record SigningContext(
    uint SpecVersion, uint TransactionVersion, BlockHash GenesisHash, ulong Nonce, Era Era, BlockHash EraHash, ulong Tip = 0);
