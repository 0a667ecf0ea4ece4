namespace ChatAkka.Protocol.Operators;

/// <summary>How much nodes remember of messages.</summary>
public static class TraceMemory
{
    /// <summary>So many things that happened to messages with an id are remembered by each node; a power of two.</summary>
    public const int Most = 65_536;
}
