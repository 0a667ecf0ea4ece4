using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Is told the parts of a <see cref="PartitionTurn"/> that is read.</summary>
internal interface IPartitionTurnVisitor
{
    /// <summary>The head of the turn, before all other parts.</summary>
    /// <param name="time">When, in milliseconds since 1970, UTC.</param>
    /// <param name="last">Number of the last message before the turn; in an opening turn the term of the new owner.</param>
    /// <param name="isOpening">True if a new owner opens the log.</param>
    /// <param name="finishesImport">True if there are no mailboxes of the former form left for the partition.</param>
    void OnTurn(long time, long last, bool isOpening, bool finishesImport);

    /// <summary>The deposits of a node were taken up to a number, and some chats of them were refused. A refused deposit without
    /// failures was not taken at all.</summary>
    void OnOrigin(NodeId node, long taken, IReadOnlyList<(long Number, IReadOnlyList<LinkFailure> Failures)> refused);

    /// <summary>The messages that come next were stored for this user, whose name is given in UTF-8.</summary>
    void OnStoredFor(ReadOnlySpan<byte> user);

    /// <summary>A message was stored; its bytes are at this position of the turn.</summary>
    void OnStored(long number, int offset, int length);

    /// <summary>All messages of a user up to a number are processed.</summary>
    void OnDone(string user, long upTo);

    /// <summary>A message that waits has its bytes at this position of the turn from now on.</summary>
    void OnMoved(string user, long number, int offset, int length);

    /// <summary>A message came from a mailbox of the former form.</summary>
    void OnImported(string user, long number, int offset, int length);

    /// <summary>The messages of an event are lost.</summary>
    void OnLost(long sequenceNr);

    /// <summary>A mailbox of the former form remembered a chat.</summary>
    void OnFormerId(FormerId id);
}
