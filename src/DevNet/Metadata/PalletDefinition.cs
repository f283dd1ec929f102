namespace DevNet.Metadata;

/// <summary>Everything the metadata says about one pallet.</summary>
sealed record PalletDefinition(string Name, byte Index, string Path, string TypeParameters = "T")
{
    public VariantDefinition[] Calls { get; init; } = [];

    public VariantDefinition[] Events { get; init; } = [];

    public VariantDefinition[] Errors { get; init; } = [];

    public StorageDefinition[] Storage { get; init; } = [];

    public ConstantDefinition[] Constants { get; init; } = [];
}
