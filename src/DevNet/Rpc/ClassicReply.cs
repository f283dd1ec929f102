using Bittensor.Scale;

namespace DevNet.Rpc;

/// <summary>Results as spec 204 gives them: the value's bytes as the content of a <c>Vec&lt;u8&gt;</c>.</summary>
static class ClassicReply
{
    /// <summary>Calls whose optional result is bare inside the vector, which is empty for none; get_subnet_state keeps its Option.</summary>
    static readonly string[] Bare =
        ["NeuronInfoRuntimeApi_get_neuron", "NeuronInfoRuntimeApi_get_neuron_lite", "SubnetInfoRuntimeApi_get_subnet_hyperparams"];

    /// <summary>Leaves the results of the node's own APIs as they are.</summary>
    public static byte[] Wrap(string method, byte[] result)
    {
        if (!method.StartsWith("NeuronInfoRuntimeApi_", StringComparison.Ordinal) && !method.StartsWith("SubnetInfoRuntimeApi_", StringComparison.Ordinal))
            return result;
        return new ScaleWriter().WriteByteVector(Bare.Contains(method) ? result.AsSpan(1) : result).ToArray();
    }
}
