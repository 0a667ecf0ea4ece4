using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>A message to the mailbox of one user; sharding finds where it lives.</summary>
/// <param name="User">Name of the mailbox's owner.</param>
public abstract record MailboxMessage(string User) : InternodeMessage
{
    /// <summary>Puts chats into the mailbox. Sent again until it is answered; what was taken before is not taken again.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Origin">Node that sends.</param>
    /// <param name="Stream">Number of the sending route within its node; its chats are numbered.</param>
    /// <param name="First">Number of the first chat, from 1 in each stream.</param>
    /// <param name="Count">How many chats there are.</param>
    /// <param name="NotReader">A reader that the sender knows to be gone; null where it knows none.</param>
    /// <param name="More">True where chats of this stream follow that come before those of all others: a session had them and did not read them.</param>
    /// <param name="Entries">The chats, as <see cref="LinkEntry"/>, each behind its length.</param>
    public sealed record Store(
        string User, NodeId Origin, long Stream, long First, int Count, ReaderId? NotReader, bool More, ReadOnlyMemory<byte> Entries) : MailboxMessage(User);

    /// <summary>Asks for what waits, and says what is done with. Answered when there is something; a later one takes its place.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session that reads.</param>
    /// <param name="Acks">True where the client acknowledges; else what has an id is done with when it was written to the client, and what has none is
    /// forgotten before it is handed over.</param>
    /// <param name="Life">The life of the mailbox that the numbers are of, as its last answer said; 0 before the first.</param>
    /// <param name="Number">Number of this question, from 1 for each reader; the first is answered at once.</param>
    /// <param name="Have">Number of the last message that was handed to the client.</param>
    /// <param name="Done">All up to this number were acknowledged by the client, or written to one that does not acknowledge.</param>
    /// <param name="Budget">The most bytes of messages that the reader takes now; a single longer one comes alone.</param>
    public sealed record Pull(string User, ReaderId Reader, bool Acks, long Life, long Number, long Have, long Done, int Budget) : MailboxMessage(User);

    /// <summary>The session ended. Where it names a life it is answered with <see cref="MailboxAnswer.Left"/> when it is kept, and it may come again
    /// until then.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    /// <param name="Reader">The session.</param>
    /// <param name="Have">Number of the last message that was handed to the client.</param>
    /// <param name="Done">All up to this number were acknowledged by the client, or written to one that does not acknowledge.</param>
    /// <param name="Life">The life of the mailbox that the numbers are of; 0 where the session had nothing, or an older node sends it.</param>
    public sealed record Leave(string User, ReaderId Reader, long Have, long Done, long Life = 0) : MailboxMessage(User);

    /// <summary>Asks how much waits, for operators.</summary>
    /// <param name="User">Name of the mailbox's owner.</param>
    public sealed record Look(string User) : MailboxMessage(User);
}
