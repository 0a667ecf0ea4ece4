namespace ChatAkka.Chaos.Soak;

/// <summary>What one process, or the data of Redis, needs at one moment.</summary>
/// <param name="At">When, by <see cref="Clock"/>, in microseconds.</param>
/// <param name="Source">The process with its incarnation, for example <c>n1/1</c>, or <c>redis data</c>.</param>
/// <param name="Values">Each resource with its amount, for example <c>memory, MB</c>.</param>
internal sealed record ResourceSample(long At, string Source, IReadOnlyDictionary<string, double> Values);
