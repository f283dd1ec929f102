namespace DevNet.Rpc;

/// <summary>An answer that is a JSON-RPC error. <c>Details</c> becomes the error's <c>data</c>.</summary>
sealed class RpcException(int code, string message, string? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public string? Details { get; } = details;

    public static RpcException InvalidParams(string why) => new(-32602, "Invalid params", why);

    /// <summary>Any error of the client behind the RPC: unknown blocks, discarded state, missing runtime APIs.</summary>
    public static RpcException Client(string why) => new(4003, $"Client error: {why}");
}
