namespace ComputeMiner.Tests.Challenges;

/// <summary>Tests that use the real hashcat: one after the other, for it takes the whole CPU.</summary>
[CollectionDefinition(nameof(HashcatCollection))]
public sealed class HashcatCollection : ICollectionFixture<HashcatFixture>;
