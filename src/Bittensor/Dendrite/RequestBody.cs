using System.Text;
using System.Text.Json;
using Bittensor.Synapses;

namespace Bittensor.Dendrite;

/// <summary>What a caller keeps in hand when no answer came: his own request, with an empty output.</summary>
static class RequestBody
{
    public static TSynapse Unanswered<TSynapse>(DendriteRequest request)
        where TSynapse : class, ISynapse<TSynapse>
    {
        var synapse = Read<TSynapse>(request.Body) ?? JsonSerializer.Deserialize("{}"u8, TSynapse.TypeInfo)!;
        synapse.ResetOutput();
        return synapse;
    }

    /// <summary>Null when the body was changed into something that is no synapse.</summary>
    static TSynapse? Read<TSynapse>(string body)
        where TSynapse : class, ISynapse<TSynapse>
    {
        try
        {
            return JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(body), TSynapse.TypeInfo);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
