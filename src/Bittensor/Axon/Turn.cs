namespace Bittensor.Axon;

/// <summary>How waiting for a turn ended. The default grants nothing.</summary>
public enum Turn
{
    /// <summary>The deadline or the caller's disconnect came first.</summary>
    GivenUp,

    /// <summary>The queue was full of those who go first.</summary>
    Full,

    /// <summary>It is the caller's turn; he must leave when done.</summary>
    Granted,
}
