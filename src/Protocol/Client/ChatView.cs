namespace ChatAkka.Protocol.Client;

/// <summary>A chat where it lies: in the line just read, or in a frame between nodes. Copied only where it must wait.</summary>
public readonly ref struct ChatView
{
    /// <summary>Connection the chat came from, on its origin node: answers go there.</summary>
    public required long Origin { get; init; }

    /// <summary>When the origin node accepted it, in milliseconds since 1970, UTC.</summary>
    public required long Time { get; init; }

    /// <summary>True where the sender typed it: it is answered in text, and its id is the server's, which nobody is shown.</summary>
    public required bool IsTyped { get; init; }

    /// <summary>How often it was sent to a node where the recipient was not.</summary>
    public required byte Attempt { get; init; }

    /// <summary>True for the first chat to its recipient since the origin node chose the path: what was sent back before is behind it.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Name of the logged-in sender.</summary>
    public required ReadOnlySpan<byte> Sender { get; init; }

    /// <summary>Name of the recipient.</summary>
    public required ReadOnlySpan<byte> Recipient { get; init; }

    /// <summary>Id as a JSON token; empty where there is none.</summary>
    public required ReadOnlySpan<byte> Id { get; init; }

    /// <summary>The text.</summary>
    public required ReadOnlySpan<byte> Content { get; init; }
}
