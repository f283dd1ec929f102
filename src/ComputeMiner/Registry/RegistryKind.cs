namespace ComputeMiner.Registry;

/// <summary>The registries a miner can publish to.</summary>
enum RegistryKind
{
    Off,
    Wandb,
}
