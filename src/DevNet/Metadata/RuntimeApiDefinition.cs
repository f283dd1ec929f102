namespace DevNet.Metadata;

/// <summary>A runtime API trait and its methods. <c>Id</c> is BLAKE2b-64 of the name in hex: how <c>RuntimeVersion.apis</c> names it.</summary>
sealed record RuntimeApiDefinition(string Name, string Id, uint Version, ApiMethodDefinition[] Methods)
{
    /// <summary>Takes one method per line: <c>get_neuron(netuid: NetUid, uid: u16) -> Option&lt;NeuronInfo&gt;</c>.</summary>
    public static RuntimeApiDefinition Parse(string name, string id, uint version, string methods) =>
        new(name, id, version, [.. TypeText.Lines(methods).Select(ApiMethodDefinition.Parse)]);
}
