using Bittensor.Keys;
using Bittensor.Subtensor;

namespace ComputeMiner.Admission;

/// <summary>Who asks, and what the subnet knows about it.</summary>
/// <param name="Hotkey">Claimed: the signature is checked later, so rules must neither cost nor change anything.</param>
/// <param name="Neuron">Null when the hotkey is not registered on the subnet.</param>
readonly record struct AdmissionCandidate(Hotkey Hotkey, Neuron? Neuron);
