namespace Bittensor.Synapses;

/// <summary>
/// The hash of a body's required fields. None of the subnet's synapses has any, so the hash is always SHA3-256 of the empty
/// text: the body is not covered by the signature.
/// </summary>
/// <remarks>Source: opentensor/bittensor, bittensor/core/synapse.py, Synapse.body_hash and required_hash_fields.</remarks>
static class BodyHash
{
    public const string Empty = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a";
}
