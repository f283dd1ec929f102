namespace ComputeMiner.Tests.Containers;

/// <summary>Tests on the machine's Docker Engine, one at a time, with one prepared image.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DockerCollection : ICollectionFixture<DockerFixture>
{
    public const string Name = "Docker";
}
