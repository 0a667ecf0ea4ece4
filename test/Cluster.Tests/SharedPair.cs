namespace ChatAkka.Cluster.Tests;

/// <summary>Tests that only talk to two nodes, one after the other, with users of their own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPair : ICollectionFixture<PairFixture>
{
    public const string Name = "shared pair";
}
