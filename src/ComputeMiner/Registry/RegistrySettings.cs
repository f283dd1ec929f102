namespace ComputeMiner.Registry;

/// <summary>Where hardware and state are published. The API key is read where it is used and never becomes a setting.</summary>
sealed class RegistrySettings
{
    /// <summary>The registry. Default Weights &amp; Biases.</summary>
    public RegistryKind Kind { get; set; } = RegistryKind.Wandb;

    /// <summary>Its API. Default https://api.wandb.ai.</summary>
    public Uri Url { get; set; } = new("https://api.wandb.ai");

    /// <summary>The team that owns the project. Default the subnet's.</summary>
    public string Entity { get; set; } = "neuralinternet";

    /// <summary>The project all miners and validators of the subnet publish to.</summary>
    public string Project { get; set; } = "opencompute";
}
