using System.Collections.Immutable;
using Bittensor.Keys;
using Bittensor.Scale;

namespace Bittensor.Subtensor;

/// <summary>A metagraph as the chain sends it, column by column, and its turn into neurons.</summary>
sealed class MetagraphColumns
{
    const double UnitsOfRao = 1e9;
    const double FullScore = ushort.MaxValue;

    readonly ulong[]?[] _numbers = new ulong[]?[(int)NeuronColumn.TotalStake + 1];

    public AccountId[]? Hotkeys { get; set; }

    public AccountId[]? Coldkeys { get; set; }

    public AxonInfo[]? Axons { get; set; }

    /// <summary>Number of the block whose state this is, when the reply says so.</summary>
    public ulong? Block { get; set; }

    public void Set(NeuronColumn column, ulong[] values) => _numbers[(int)column] = values;

    /// <summary>
    /// Builds the neurons. Keys and total stake must be complete; a column the runtime no longer fills reads as zeros.
    /// </summary>
    /// <exception cref="ScaleException">No hotkeys, or another number of stakes.</exception>
    public ImmutableArray<Neuron> ToNeurons()
    {
        if (Hotkeys is not { } hotkeys || _numbers[(int)NeuronColumn.TotalStake] is not { } stakes || stakes.Length != hotkeys.Length)
            throw new ScaleException("The metagraph came without hotkeys or without a total stake for each of them.");
        if (hotkeys.Length > ushort.MaxValue + 1)
            throw new ScaleException($"A subnet has at most 65536 neurons, the metagraph has {hotkeys.Length}.");
        var neurons = ImmutableArray.CreateBuilder<Neuron>(hotkeys.Length);
        for (var i = 0; i < hotkeys.Length; i++)
        {
            neurons.Add(new Neuron
            {
                Uid = new Uid((ushort)i),
                Hotkey = new Hotkey(hotkeys[i]),
                Coldkey = new Coldkey(Coldkeys is { } coldkeys && i < coldkeys.Length ? coldkeys[i] : default),
                Stake = stakes[i] / UnitsOfRao,
                AlphaStake = Find(NeuronColumn.AlphaStake, i) / UnitsOfRao,
                TaoStake = Find(NeuronColumn.TaoStake, i) / UnitsOfRao,
                ValidatorPermit = Get(NeuronColumn.ValidatorPermit, i) != 0,
                LastUpdate = Get(NeuronColumn.LastUpdate, i),
                Axon = Axons is { } axons && i < axons.Length ? axons[i] : AxonInfo.None,
                Trust = Get(NeuronColumn.Trust, i) / FullScore,
                Consensus = Get(NeuronColumn.Consensus, i) / FullScore,
                Incentive = Get(NeuronColumn.Incentives, i) / FullScore,
                Dividends = Get(NeuronColumn.Dividends, i) / FullScore,
                Emission = Get(NeuronColumn.Emission, i) / UnitsOfRao,
                Active = Get(NeuronColumn.Active, i) != 0,
            });
        }
        return neurons.MoveToImmutable();
    }

    ulong Get(NeuronColumn column, int index) => Find(column, index) ?? 0;

    ulong? Find(NeuronColumn column, int index) => _numbers[(int)column] is { } values && index < values.Length ? values[index] : null;
}
