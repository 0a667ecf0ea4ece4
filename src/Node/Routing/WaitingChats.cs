using System.Diagnostics.CodeAnalysis;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;

namespace ChatAkka.Node.Routing;

/// <summary>The chats that wait in a route, in the order in which they must be sent: chats that a session on this node was handed and did not read,
/// then chats that were sent before, then new chats.</summary>
/// <remarks>Pure and not thread-safe: the route's lock guards it. While a path is being left, chats come back from it one by one. They are collected
/// apart: they were sent before all that wait already, also before those that came back from an earlier path.</remarks>
internal sealed class WaitingChats
{
    /// <summary>A deposit has at most this many chats and this many bytes. A larger one would delay others.</summary>
    private const int MostInDeposit = 256;
    private const int MostBytesInDeposit = 60 * 1024;

    private readonly Queue<PendingChat> _new = new();
    private readonly Queue<PendingChat> _comingBack = new();
    private Queue<PendingChat> _sentBefore = new();

    /// <summary>True if no chat waits.</summary>
    public bool IsEmpty => _comingBack.Count == 0 && _sentBefore.Count == 0 && _new.Count == 0;

    /// <summary>True if the first chat is one that a session was handed and did not read.</summary>
    public bool BeginsWithUnread => _sentBefore.TryPeek(out var first) && first.IsTakenBack;

    /// <summary>All chats, in order.</summary>
    public IEnumerable<PendingChat> All => _comingBack.Concat(_sentBefore).Concat(_new);

    /// <summary>Adds a new chat: it waits behind all others.</summary>
    public void Add(PendingChat chat) => _new.Enqueue(chat);

    /// <summary>Adds a chat that came back from the path that is being left.</summary>
    public void AddReturned(PendingChat chat) => _comingBack.Enqueue(chat);

    /// <summary>No more chats come back from that path. They wait before all others from now on.</summary>
    public void EndReturns()
    {
        if (_comingBack.Count == 0)
            return;
        _sentBefore = UnreadFirst(_comingBack.Concat(_sentBefore));
        _comingBack.Clear();
    }

    /// <summary>Adds chats that a session on this node was handed and did not read: they wait before all others, and behind unread chats that came
    /// earlier.</summary>
    public void AddUnread(IEnumerable<PendingChat> chats) => _sentBefore = UnreadFirst(_sentBefore.Concat(chats));

    /// <summary>Puts a deposit back in front, because the mailbox did not take it: the recipient is online. Earlier attempts do not count any
    /// more.</summary>
    public void PutBack(IReadOnlyList<PendingChat> chats)
    {
        foreach (var chat in chats)
            chat.ResetAttempts();
        _sentBefore = UnreadFirst(chats.Concat(_sentBefore));
    }

    /// <summary>Gives the first chat and leaves it in the queue. Gives false if no chat waits.</summary>
    public bool TryPeek([NotNullWhen(true)] out PendingChat? chat) =>
        _comingBack.TryPeek(out chat) || _sentBefore.TryPeek(out chat) || _new.TryPeek(out chat);

    /// <summary>Takes the first chat. Gives false if no chat waits.</summary>
    public bool TryTake([NotNullWhen(true)] out PendingChat? chat) =>
        _comingBack.TryDequeue(out chat) || _sentBefore.TryDequeue(out chat) || _new.TryDequeue(out chat);

    /// <summary>Counts one more attempt for each chat: the recipient was not at its place.</summary>
    public void CountAttempt()
    {
        foreach (var chat in All)
            chat.CountAttempt();
    }

    /// <summary>Takes the first chats, as many as one deposit may have. A chat that is longer than a deposit goes alone. A chat that the limits of its sender
    /// do not let into the mailbox stays, with those behind it.</summary>
    /// <param name="recipient">The name of the mailbox's user in UTF-8.</param>
    public List<PendingChat> TakeDeposit(ReadOnlySpan<byte> recipient)
    {
        List<PendingChat> chats = [];
        var bytes = 0;
        while (TryPeek(out var chat)
            && (chats.Count == 0 || (chats.Count < MostInDeposit && bytes + EntryList.SizeOf(chat.Size) <= MostBytesInDeposit))
            && chat.MayBeStored(recipient))
        {
            bytes += EntryList.SizeOf(chat.Size);
            chats.Add(chat);
            TryTake(out _);
        }

        return chats;
    }

    /// <summary>Sorts by whether a chat is unread, and otherwise keeps the order.</summary>
    private static Queue<PendingChat> UnreadFirst(IEnumerable<PendingChat> chats) => new(chats.OrderBy(c => !c.IsTakenBack));
}
