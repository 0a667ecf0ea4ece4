namespace ChatAkka.Chaos.Tests;

/// <summary>The second, fourth, sixth … fault.</summary>
public sealed class SecondHalfSpecs() : EveryFaultSpecs(half: 1);
