namespace ChatAkka.Node;

/// <summary>The messages that the <see cref="NodeActor"/> sends to itself.</summary>
internal abstract record NodeMessage
{
    private NodeMessage()
    {
    }

    /// <summary>Redis answered.</summary>
    public sealed record RedisAnswered : NodeMessage;

    /// <summary>Redis did not answer.</summary>
    /// <param name="Reason">The cause, as text for operators.</param>
    public sealed record RedisNotReached(string Reason) : NodeMessage;

    /// <summary>A timer: it is time to ask Redis again.</summary>
    public sealed record RetryTick : NodeMessage;

    /// <summary>A timer: it is time to log what the node waits for.</summary>
    public sealed record ReminderTick : NodeMessage;

    /// <summary>This process was taken into the cluster.</summary>
    public sealed record MemberIsUp : NodeMessage;

    /// <summary>This node is on the list of nodes in Redis.</summary>
    public sealed record Registered : NodeMessage;
}
