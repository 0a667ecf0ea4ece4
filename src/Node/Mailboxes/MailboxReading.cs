using Akka.Actor;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Who reads a mailbox, and how far: at most one session, which asks one question at a time.</summary>
/// <remarks>Not thread-safe; the mailbox's own.</remarks>
internal sealed class MailboxReading
{
    /// <summary>A session asks at least this often while it is there.</summary>
    public static readonly TimeSpan AsksEvery = TimeSpan.FromSeconds(15);

    /// <summary>A session that got something asks for more within this time, unless its client does not read.</summary>
    private static readonly TimeSpan s_asksWithin = TimeSpan.FromMilliseconds(500);

    private IActorRef _sender = ActorRefs.Nobody;
    private MailboxMessage.Pull? _pull;
    private Handed? _handed;
    private (ReaderId Reader, Handed Handed)? _open;
    private TimeProvider _time = TimeProvider.System;
    private long _number;
    private long _lastWord;

    /// <summary>The session; null where nobody reads.</summary>
    public ReaderId? Reader { get; private set; }

    /// <summary>True where the session acknowledges what it gets.</summary>
    public bool Acks { get; private set; }

    /// <summary>True where the session was told that nothing waits, and that nothing will be put in while it is there.</summary>
    public bool IsDrained { get; set; }

    /// <summary>Messages without an id that were forgotten to be handed to a reader who does not acknowledge, and were not handed to anybody yet.</summary>
    public MailboxAnswer.Chunk? Handing { get; set; }

    /// <summary>True where a question is to be answered.</summary>
    public bool IsAsking => _pull is not null;

    /// <summary>True where the question is the session's first, which is answered at once.</summary>
    public bool IsOpening => _pull?.Number == 1;

    /// <summary>Number of the last message that the client was handed.</summary>
    public long Have => _pull?.Have ?? 0;

    /// <summary>The most bytes to answer with.</summary>
    public int Budget => _pull?.Budget ?? 0;

    /// <summary>True where a session reads and is not long due to ask.</summary>
    public bool IsPresent(TimeProvider time) =>
        Reader is not null && (IsDrained || time.GetElapsedTime(_lastWord) < (IsAsking ? 3 * AsksEvery : s_asksWithin));

    /// <summary>Takes a question; false where it is older than one that was taken. Where it is another session's, <see cref="Forget"/> the
    /// one before first.</summary>
    public bool Take(MailboxMessage.Pull pull, IActorRef sender, TimeProvider time)
    {
        if (Reader == pull.Reader && pull.Number < _number)
            return false;
        if (Reader != pull.Reader)
        {
            _handed = null;

            // One that a sender took for gone asks: that is the word that was waited for.
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

    /// <summary>True where a session that was succeeded may still say how much it has of what it was handed: until then nobody gets
    /// anything, for what it did not have comes first.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>Waits no longer for that session: what it did not have of what it was handed is lost.</summary>
    public void GiveUpOpen() => _open = null;

    /// <summary>The session is gone, or another one takes its turn. What it was handed is not handed again until it said what it has of it.</summary>
    /// <returns>What was forgotten to be handed to it, and was not handed to anybody: it waits again.</returns>
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

    /// <summary>True for the session that reads, and for one that was succeeded and has not said its last word.</summary>
    public bool Knows(ReaderId reader) => Reader == reader || _open?.Reader == reader;

    /// <summary>A session said its last word: gives back what was forgotten for it and it was not handed.</summary>
    /// <param name="reader">The session: the present one, or one that was succeeded.</param>
    /// <param name="have">Number of the last message that it was handed.</param>
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

    /// <summary>Answers the question with what stays in the mailbox until the session says that it has it.</summary>
    public void Answer(long life, long first, int count, long waiting, bool isDrained, ReadOnlyMemory<byte> entries)
    {
        var chunk = new MailboxAnswer.Chunk(0, life, first, count, waiting, isDrained, entries);
        if (!Acks && count > 0)
            _handed = new Handed(chunk, IsForgotten: false);
        Tell(chunk);
    }

    /// <summary>Hands what was forgotten for it.</summary>
    public void Hand(MailboxAnswer.Chunk ready)
    {
        Handing = null;
        _handed = new Handed(ready, IsForgotten: true);
        Tell(ready);
    }

    /// <summary>Hands again what was forgotten for it, where the session says that it does not have it; true where it was so.</summary>
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

    /// <summary>What a session that does not acknowledge was handed.</summary>
    /// <param name="Chunk">The messages.</param>
    /// <param name="IsForgotten">True where they are in the mailbox no more.</param>
    private sealed record Handed(MailboxAnswer.Chunk Chunk, bool IsForgotten)
    {
        public long Last => Chunk.First + Chunk.Count - 1;
    }
}
