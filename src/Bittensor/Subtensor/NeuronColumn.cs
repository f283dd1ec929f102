namespace Bittensor.Subtensor;

/// <summary>The arrays of a metagraph that are read, each with one entry per neuron.</summary>
enum NeuronColumn
{
    Hotkeys,
    Coldkeys,
    Axons,
    Active,
    ValidatorPermit,
    LastUpdate,
    Emission,
    Dividends,
    Incentives,
    Consensus,
    Trust,
    AlphaStake,
    TaoStake,
    TotalStake,
}
