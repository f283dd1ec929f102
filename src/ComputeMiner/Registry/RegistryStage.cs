namespace ComputeMiner.Registry;

/// <summary>How far publishing is.</summary>
enum RegistryStage
{
    /// <summary>Nothing is published, by setting or for want of a key.</summary>
    Off,

    /// <summary>The run is being found or made.</summary>
    Starting,

    /// <summary>What the miner is, is what the registry shows.</summary>
    Published,

    /// <summary>The registry does not answer well; it is tried again.</summary>
    Retrying,

    /// <summary>The key is not accepted.</summary>
    Unauthorised,

    /// <summary>The key's account may not write to the project.</summary>
    NoPermission,
}
