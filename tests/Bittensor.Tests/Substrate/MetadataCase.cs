namespace Bittensor.Tests.Substrate;

/// <summary>A case of an enum to be written into metadata.</summary>
sealed record MetadataCase(string Name, byte Index, params (string? Name, uint Type)[] Fields)
{
    public string[] Docs { get; init; } = [];
}
