namespace DevNet;

/// <summary>The ages of Subtensor that a <see cref="DevChain"/> can play. Each has another spec version, higher from one to the next.</summary>
public enum DevRuntime
{
    /// <summary>
    /// Spec 204, early 2025: metadata V14 and V15 only, runtime API results wrapped in <c>Vec&lt;u8&gt;</c>, no metagraph calls, 11
    /// transaction extensions, failures of serving only in the block.
    /// </summary>
    Classic,

    /// <summary>Spec 393, April 2026: metadata up to V16, typed results, the selective metagraph, serving checked at pool entry.</summary>
    Current,

    /// <summary>
    /// Spec 473: fields appended to the metagraphs, scores gone from storage, newtypes in compacts, an extension outside version 0, and
    /// every pallet, call, event and error index of SubtensorModule moved further than the real chain ever did at once.
    /// </summary>
    Next,
}
