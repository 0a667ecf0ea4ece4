using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

/// <summary>One chat of the model, and what became of it.</summary>
/// <param name="sender">Name of the sender.</param>
/// <param name="number">Number of the chat among those of its sender, from 1.</param>
/// <param name="hasId">True if the chat has an id.</param>
/// <param name="copy">0 for a chat of a sender; the number of the copy for a chat that was taken back from a session that did not read it.</param>
internal sealed class RouteModelChat(string sender, int number, bool hasId, int copy)
{
    public string Sender => sender;

    public int Number => number;

    public bool HasId => hasId;

    public int Copy => copy;

    public bool IsCopy => copy > 0;

    /// <summary>The content of the chat. It is unique.</summary>
    public string Key => IsCopy ? $"{sender}-{number}-{copy}" : $"{sender}-{number}";

    public bool IsAccepted { get; set; }

    /// <summary>How often the sender was answered.</summary>
    public int Answers { get; set; }

    /// <summary>The error that the sender was told; none if it was told none.</summary>
    public ErrorCode Refusal { get; set; }

    /// <summary>How often the chat was handed to a session, or kept in the mailbox.</summary>
    public int Handings { get; set; }

    /// <summary>How often that may happen: once, and once more for each node that had it and died before its acknowledgement came.</summary>
    public int MostHandings { get; set; } = 1;

    /// <summary>Where it was handed last.</summary>
    public object? LastSink { get; set; }

    /// <summary>The session from which a copy was taken back. The copies of one session keep their order.</summary>
    public object? TakenFrom { get; init; }

    /// <summary>True while a copy waits in the route, or in the batch in flight.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>How often it was said that a copy does not wait any more.</summary>
    public int Settled { get; set; }

    public override string ToString() => Key;
}
