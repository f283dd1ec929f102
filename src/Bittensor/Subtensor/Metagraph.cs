using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Bittensor.Keys;

namespace Bittensor.Subtensor;

/// <summary>A subnet's neurons at one block. Immutable: a refresh makes a new one.</summary>
public sealed class Metagraph
{
    readonly FrozenDictionary<Hotkey, Neuron> _byHotkey;

    /// <param name="netuid">The subnet.</param>
    /// <param name="block">Number of the block whose state was read.</param>
    /// <param name="fetchedAt">When it was read.</param>
    /// <param name="neurons">All neurons, the one with uid n at index n.</param>
    public Metagraph(Netuid netuid, ulong block, DateTimeOffset fetchedAt, ImmutableArray<Neuron> neurons)
    {
        (Netuid, Block, FetchedAt, Neurons) = (netuid, block, fetchedAt, neurons);
        var byHotkey = new Dictionary<Hotkey, Neuron>(neurons.Length);
        foreach (var neuron in neurons)
        {
            // An empty slot carries the all-zero key, which is nobody's.
            if (!neuron.Hotkey.Account.IsZero)
                byHotkey.TryAdd(neuron.Hotkey, neuron);
        }
        _byHotkey = byHotkey.ToFrozenDictionary();
    }

    /// <summary>The subnet.</summary>
    public Netuid Netuid { get; }

    /// <summary>Number of the block whose state was read.</summary>
    public ulong Block { get; }

    /// <summary>When it was read.</summary>
    public DateTimeOffset FetchedAt { get; }

    /// <summary>All neurons; the index is the uid.</summary>
    public ImmutableArray<Neuron> Neurons { get; }

    /// <summary>Finds a neuron by its hotkey.</summary>
    public bool TryGetNeuron(Hotkey hotkey, [MaybeNullWhen(false)] out Neuron neuron) => _byHotkey.TryGetValue(hotkey, out neuron);
}
