using Bittensor.Keys;
using ComputeMiner.Admission;

namespace ComputeMiner.Presence;

/// <summary>
/// Whether our hotkey has a uid on the subnet, by the last good metagraph. Nothing new is handed out without one, because validators
/// only find and pay registered miners; what is already handed out is not touched.
/// </summary>
sealed class Registration(MetagraphSource metagraphs, Hotkey hotkey)
{
    /// <summary>False also while it is not known yet.</summary>
    public bool Holds => metagraphs.Current?.TryGetNeuron(hotkey, out _) == true;

    /// <summary>The same for a person.</summary>
    public string Detail => metagraphs.Current is not { } metagraph ? "not known yet"
        : metagraph.TryGetNeuron(hotkey, out var neuron) ? $"uid {neuron.Uid.Value} on subnet {metagraph.Netuid.Value}"
        : $"not on subnet {metagraph.Netuid.Value}: no new rental is accepted, a running one goes on";
}
