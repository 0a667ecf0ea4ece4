namespace ChatAkka.Management.Tests;

/// <summary>Tests of <c>pbm</c> that leave the three nodes as they are.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTrio : ICollectionFixture<TrioFixture>
{
    public const string Name = "shared trio";
}
