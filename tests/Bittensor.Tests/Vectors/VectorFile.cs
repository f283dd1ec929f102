using System.Text.Json;

namespace Bittensor.Tests.Vectors;

/// <summary>A file of recorded vectors. Theories take the names of a section, so that a failure says which vector it was.</summary>
sealed class VectorFile
{
    readonly JsonElement _root;

    VectorFile(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));
        _root = document.RootElement.Clone();
    }

    public static VectorFile Chain { get; } = new("chain.json");

    public static VectorFile Sr25519 { get; } = new("sr25519.json");

    public static VectorFile Ss58 { get; } = new("ss58.json");

    public static VectorFile Wallet { get; } = new("wallet.json");

    public static VectorFile AxonMessages { get; } = new("axon-messages.json");

    public JsonElement this[string section] => _root.GetProperty(section);

    /// <inheritdoc cref="JsonElementVectors.Names"/>
    public TheoryData<string> Names(string section, params string[] labels) => this[section].Names(labels);

    /// <inheritdoc cref="JsonElementVectors.Find"/>
    public JsonElement Find(string section, string name) => this[section].Find(name);
}
