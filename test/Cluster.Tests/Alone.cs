namespace ChatAkka.Cluster.Tests;

/// <summary>Tests that measure times, or what memory a flood takes: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
