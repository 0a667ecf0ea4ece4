namespace ChatAkka.Chaos.Tests;

/// <summary>The first, third, fifth … fault.</summary>
public sealed class FirstHalfSpecs() : EveryFaultSpecs(half: 0);
