namespace Bittensor.Substrate;

/// <summary>The node failed us: no connection, a dropped one, no answer in time, or an error answer. The message says which and what to do.</summary>
public sealed class SubstrateException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the same request may succeed later or at another endpoint.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>The JSON-RPC error code, when the node answered with an error.</summary>
    public int? Code { get; init; }

    /// <summary>The JSON-RPC error's <c>data</c> text, when the node sent one.</summary>
    public string? ErrorData { get; init; }
}
