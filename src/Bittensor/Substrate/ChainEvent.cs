namespace Bittensor.Substrate;

/// <summary>One event of a block, decoded by the runtime's metadata.</summary>
/// <param name="ExtrinsicIndex">Position of the extrinsic that caused it; null for block initialization and finalization.</param>
/// <param name="Pallet">Name of the pallet, for example <c>SubtensorModule</c>.</param>
/// <param name="Name">Name of the event, for example <c>AxonServed</c>.</param>
/// <param name="Fields">The event's fields by name and position.</param>
public sealed record ChainEvent(uint? ExtrinsicIndex, string Pallet, string Name, ScaleValue.Composite Fields);
