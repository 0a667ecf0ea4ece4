namespace ChatAkka.Protocol.Client;

/// <summary>A chat in the buffer where it was received: a line of a client, or a frame between nodes. It is copied only if it has to wait.</summary>
public readonly ref struct ChatView
{
    /// <summary>Id of the sender's connection on the origin node. Answers go there.</summary>
    public required long Origin { get; init; }

    /// <summary>When the origin node accepted it, in milliseconds since 1970, UTC.</summary>
    public required long Time { get; init; }

    /// <summary>True if the sender typed it. Then the answer is text, and the id was made by the server and is not shown to anybody.</summary>
    public required bool IsTyped { get; init; }

    /// <summary>How often it was sent to a node on which the recipient was not logged in.</summary>
    public required byte Attempt { get; init; }

    /// <summary>True for the first chat that the origin node sends to this recipient on a newly chosen path. Chats that came back before
    /// come after it.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Name of the logged-in sender.</summary>
    public required ReadOnlySpan<byte> Sender { get; init; }

    /// <summary>Name of the recipient.</summary>
    public required ReadOnlySpan<byte> Recipient { get; init; }

    /// <summary>Id as a JSON token; empty if there is none.</summary>
    public required ReadOnlySpan<byte> Id { get; init; }

    /// <summary>The text.</summary>
    public required ReadOnlySpan<byte> Content { get; init; }
}
