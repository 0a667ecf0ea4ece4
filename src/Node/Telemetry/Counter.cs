namespace ChatAkka.Node.Telemetry;

/// <summary>A number that only grows. Any thread may add to it.</summary>
/// <param name="name">What is counted, as logs and the documentation name it. Unique within <see cref="NodeCounters"/>.</param>
/// <param name="unit">What one is, in the plural: for example chats.</param>
internal sealed class Counter(string name, string unit)
{
    private long _value;

    /// <summary>What is counted.</summary>
    public string Name => name;

    /// <summary>What one is, in the plural.</summary>
    public string Unit => unit;

    /// <summary>The number now.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Adds one.</summary>
    public void Increment() => Interlocked.Increment(ref _value);

    /// <summary>Adds <paramref name="count"/>, which is not negative.</summary>
    public void Add(long count) => Interlocked.Add(ref _value, count);
}
