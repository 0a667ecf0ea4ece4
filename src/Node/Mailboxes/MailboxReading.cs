using Akka.Actor;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Knows which session reads a mailbox, and how far. At most one session reads, and it has one request open at a time.</summary>
/// <remarks>Not thread-safe; only the mailbox's actor uses it.</remarks>
internal sealed class MailboxReading
{
    /// <summary>A session that is present sends a request at least this often.</summary>
    public static readonly TimeSpan AsksEvery = TimeSpan.FromSeconds(15);

    /// <summary>A session that got messages sends its next request within this time, unless its client does not read.</summary>
    private static readonly TimeSpan s_asksWithin = TimeSpan.FromMilliseconds(500);

    private IActorRef _sender = ActorRefs.Nobody;
    private MailboxMessage.Pull? _pull;
    private Handed? _handed;
    private (ReaderId Reader, Handed Handed)? _open;
    private TimeProvider _time = TimeProvider.System;
    private long _number;
    private long _lastWord;

    /// <summary>The session that reads; null if none does.</summary>
    public ReaderId? Reader { get; private set; }

    /// <summary>True if the session acknowledges messages.</summary>
    public bool Acks { get; private set; }

    /// <summary>True if the session was told that nothing waits, and that nothing will be put into the mailbox while the session is
    /// present.</summary>
    public bool IsDrained { get; set; }

    /// <summary>Messages without an id that were deleted, to be handed to a reader that does not acknowledge. They were not handed to anybody
    /// yet.</summary>
    public MailboxAnswer.Chunk? Handing { get; set; }

    /// <summary>True if a request waits for its answer.</summary>
    public bool IsAsking => _pull is not null;

    /// <summary>True if the request is the session's first. The first one is answered at once.</summary>
    public bool IsOpening => _pull?.Number == 1;

    /// <summary>Number of the last message that was handed to the client.</summary>
    public long Have => _pull?.Have ?? 0;

    /// <summary>The most bytes of messages that the answer may carry.</summary>
    public int Budget => _pull?.Budget ?? 0;

    /// <summary>True if a session reads, and its next request is not overdue.</summary>
    public bool IsPresent(TimeProvider time) =>
        Reader is not null && (IsDrained || time.GetElapsedTime(_lastWord) < (IsAsking ? 3 * AsksEvery : s_asksWithin));

    /// <summary>Takes a request. Gives false if it is older than one that was taken. If another session reads, call <see cref="Forget"/>
    /// first.</summary>
    public bool Take(MailboxMessage.Pull pull, IActorRef sender, TimeProvider time)
    {
        if (Reader == pull.Reader && pull.Number < _number)
            return false;
        if (Reader != pull.Reader)
        {
            _handed = null;

            // A session that was taken for ended sends a request. So it is not necessary any more to wait for what it has.
            if (_open is { } open && open.Reader == pull.Reader)
                (_handed, _open) = (open.Handed, null);
        }

        if (_handed is { } handed && (handed.IsForgotten ? pull.Have : pull.Done) >= handed.Last)
            _handed = null;
        Reader = pull.Reader;
        Acks = pull.Acks;
        IsDrained = false;
        _number = pull.Number;
        _pull = pull;
        _sender = sender;
        _time = time;
        _lastWord = time.GetTimestamp();
        return true;
    }

    /// <summary>True if a session that was succeeded may still say how much it has of what it was handed. Until then nobody gets anything, because
    /// messages that it does not have come first.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>Stops waiting for that session. Messages that were deleted to be handed to it and that it does not have are lost.</summary>
    public void GiveUpOpen() => _open = null;

    /// <summary>The session has ended, or another one takes its place. What it was handed is not handed out again before it has said how much of it
    /// it has.</summary>
    /// <returns>Messages that were deleted to be handed to it, and were not handed to anybody; null if there are none. They wait again.</returns>
    public MailboxEvent.Returned? Forget()
    {
        if (_handed is { } handed && Reader is { } reader)
            _open = (reader, handed);
        var unhanded = Handing is { } ready ? Return(ready, have: 0) : null;
        Reader = null;
        IsDrained = false;
        Handing = null;
        _pull = null;
        _handed = null;
        _number = 0;
        return unhanded;
    }

    /// <summary>True for the session that reads, and for one that was succeeded and has not said yet how much it has.</summary>
    public bool Knows(ReaderId reader) => Reader == reader || _open?.Reader == reader;

    /// <summary>A session that leaves has said how much it has. Gives back the messages that were deleted for it and that it was not
    /// handed.</summary>
    /// <param name="reader">The session: the present one, or one that was succeeded.</param>
    /// <param name="have">Number of the last message that was handed to its client.</param>
    public MailboxEvent.Returned? TakeBack(ReaderId reader, long have)
    {
        Handed? handed = null;
        if (_open is { } open && open.Reader == reader)
        {
            handed = open.Handed;
            _open = null;
        }
        else if (Reader == reader)
        {
            handed = Handing is { } ready ? new Handed(ready, IsForgotten: true) : _handed;
            Handing = null;
            _handed = null;
        }

        return handed is { IsForgotten: true } && have < handed.Last ? Return(handed.Chunk, have) : null;
    }

    private static MailboxEvent.Returned Return(MailboxAnswer.Chunk chunk, long have)
    {
        var number = chunk.First;
        List<byte[]> entries = [];
        var left = new LinkEntryReader(chunk.Entries.Span);
        while (left.TryRead(out var entry))
        {
            if (number++ > have)
                entries.Add(entry.ToArray());
        }

        return new MailboxEvent.Returned(Math.Max(chunk.First, have + 1), entries);
    }

    /// <summary>Answers the request with messages that stay in the mailbox until the session says that the client has them.</summary>
    public void Answer(long life, long first, int count, long waiting, bool isDrained, ReadOnlyMemory<byte> entries)
    {
        var chunk = new MailboxAnswer.Chunk(0, life, first, count, waiting, isDrained, entries);
        if (!Acks && count > 0)
            _handed = new Handed(chunk, IsForgotten: false);
        Tell(chunk);
    }

    /// <summary>Answers the request with messages that were deleted to be handed to this session.</summary>
    public void Hand(MailboxAnswer.Chunk ready)
    {
        Handing = null;
        _handed = new Handed(ready, IsForgotten: true);
        Tell(ready);
    }

    /// <summary>Answers the request again with messages that were deleted for this session, if it says that it does not have them. Gives true if
    /// so.</summary>
    public bool HandAgain()
    {
        if (_handed is not { IsForgotten: true } handed)
            return false;
        Tell(handed.Chunk);
        return true;
    }

    private void Tell(MailboxAnswer.Chunk chunk)
    {
        _lastWord = _time.GetTimestamp();
        _sender.Tell(chunk with { Number = _pull!.Number });
        _pull = null;
    }

    /// <summary>The messages that a session that does not acknowledge was handed last.</summary>
    /// <param name="Chunk">The messages.</param>
    /// <param name="IsForgotten">True if the mailbox has deleted them.</param>
    private sealed record Handed(MailboxAnswer.Chunk Chunk, bool IsForgotten)
    {
        public long Last => Chunk.First + Chunk.Count - 1;
    }
}
