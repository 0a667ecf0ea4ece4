namespace ChatAkka.Protocol.Operators;

/// <summary>How much each node remembers about messages, for operators.</summary>
public static class TraceMemory
{
    /// <summary>Each node remembers this many events of messages with an id. A power of two.</summary>
    public const int Most = 65_536;
}
