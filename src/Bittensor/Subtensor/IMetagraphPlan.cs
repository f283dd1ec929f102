using Bittensor.Scale;

namespace Bittensor.Subtensor;

/// <summary>Reads one kind of reply into columns, by a layout compiled from metadata once per runtime.</summary>
interface IMetagraphPlan
{
    void Read(ref ScaleReader reader, MetagraphColumns columns);
}
