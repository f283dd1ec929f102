using System.Collections.Immutable;

namespace Bittensor.Substrate;

/// <summary>What the runtime expects of extrinsics.</summary>
/// <param name="Versions">Accepted format versions.</param>
/// <param name="Address">Type of the signer's address; null when the metadata does not say.</param>
/// <param name="Signature">Type of the signature; null when the metadata does not say.</param>
/// <param name="Extensions">
/// The extensions of format 4 in order: all in V14 and V15, those of extension version 0 in V16; null when V16 lists no version 0.
/// </param>
public sealed record ExtrinsicFormat(
    ImmutableArray<byte> Versions, uint? Address, uint? Signature, ImmutableArray<TransactionExtension>? Extensions);
