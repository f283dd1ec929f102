namespace Bittensor.Tests.Substrate;

/// <summary>The ages of Subtensor that the tests build metadata of.</summary>
public enum RuntimeAge
{
    /// <summary>As spec version 204: results wrapped in bytes, no selective metagraph, other indices.</summary>
    Classic,

    /// <summary>As spec version 393.</summary>
    Current,

    /// <summary>What is to come: moved indices, appended fields and arguments, wider and wrapped compacts, another extension.</summary>
    Next,
}
