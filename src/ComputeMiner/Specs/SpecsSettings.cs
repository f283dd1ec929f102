namespace ComputeMiner.Specs;

/// <summary>Whether the axon tells what this machine is.</summary>
sealed class SpecsSettings
{
    /// <summary>Serve the Specs route. Default false: the document is published, and the reference serves no such route either.</summary>
    public bool Enabled { get; set; }
}
