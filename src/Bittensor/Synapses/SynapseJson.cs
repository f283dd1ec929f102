using System.Text.Json.Serialization;

namespace Bittensor.Synapses;

[JsonSerializable(typeof(PingSynapse))]
sealed partial class SynapseJson : JsonSerializerContext;
