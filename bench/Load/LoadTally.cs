namespace ChatAkka.Load;

/// <summary>What became of a run's chats.</summary>
internal sealed record LoadTally
{
    /// <summary>Chats that were sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Chats that are done; what that means depends on the pattern.</summary>
    public required long Done { get; init; }

    /// <summary>Chats that did not arrive.</summary>
    public long Lost { get; init; }

    public long Doubled { get; init; }

    public long Reordered { get; init; }

    public long Damaged { get; init; }

    /// <summary>Chats with an id that got neither a receipt nor an error.</summary>
    public long Unanswered { get; init; }

    /// <summary>Clients that the server closed.</summary>
    public int Disconnected { get; init; }
}
