namespace ComputeMiner.Tests.Containers;

/// <summary>Tests on an engine that may be stopped, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PrivateDockerCollection : ICollectionFixture<PrivateDocker>
{
    public const string Name = "PrivateDocker";
}
