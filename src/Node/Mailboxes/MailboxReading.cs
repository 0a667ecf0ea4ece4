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
    private MailboxAnswer.Chunk? _handed;
    private (ReaderId Reader, MailboxAnswer.Chunk Chunk)? _open;
    private TimeProvider _time = TimeProvider.System;
    private long _number;
    private long _lastWord;

    /// <summary>The session; null where nobody reads.</summary>
    public ReaderId? Reader { get; private set; }

    /// <summary>True where the session acknowledges what it gets.</summary>
    public bool Acks { get; private set; }

    /// <summary>True where the session was told that nothing waits, and that nothing will be put in while it is there.</summary>
    public bool IsDrained { get; set; }

    /// <summary>What was forgotten to be handed to a reader who does not acknowledge, and was not handed to anybody yet.</summary>
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

    /// <summary>Takes a question; false where it is older than one that was taken.</summary>
    public bool Take(MailboxMessage.Pull pull, IActorRef sender, TimeProvider time)
    {
        if (Reader != pull.Reader)
            Forget();
        if (pull.Number < _number)
            return false;
        if (_handed is { } handed && pull.Have >= handed.First + handed.Count - 1)
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

    /// <summary>The session is gone, or another one takes its turn. What it was handed is not handed again, unless it says that it has it not.</summary>
    public void Forget()
    {
        if (_handed is { } handed && Reader is { } reader)
            _open = (reader, handed);
        Reader = null;
        IsDrained = false;
        _pull = null;
        _handed = null;
        _number = 0;
    }

    /// <summary>A session is gone: gives back what was forgotten for it and it was not handed.</summary>
    /// <param name="reader">The session: the present one, or one that was succeeded.</param>
    /// <param name="have">Number of the last message that it was handed.</param>
    public MailboxEvent.Returned? TakeBack(ReaderId reader, long have)
    {
        MailboxAnswer.Chunk? back = null;
        if (_open is { } open && open.Reader == reader)
        {
            back = open.Chunk;
            _open = null;
        }
        else if (Reader == reader)
        {
            back = Handing ?? _handed;
            Handing = null;
            _handed = null;
        }

        if (back is null || have >= back.First + back.Count - 1)
            return null;
        var number = back.First;
        List<byte[]> entries = [];
        var left = new LinkEntryReader(back.Entries.Span);
        while (left.TryRead(out var entry))
        {
            if (number++ > have)
                entries.Add(entry.ToArray());
        }

        return new MailboxEvent.Returned(Math.Max(back.First, have + 1), entries);
    }

    /// <summary>Answers the question.</summary>
    public void Answer(long life, long first, int count, long waiting, bool isDrained, ReadOnlyMemory<byte> entries) =>
        Tell(new MailboxAnswer.Chunk(0, life, first, count, waiting, isDrained, entries));

    /// <summary>Hands what was forgotten for it.</summary>
    public void Hand(MailboxAnswer.Chunk ready)
    {
        Handing = null;
        _handed = ready;
        Tell(ready);
    }

    /// <summary>Hands the last again, where the session says that it does not have it; true where it was so.</summary>
    public bool HandAgain()
    {
        if (_handed is not { } handed)
            return false;
        Tell(handed);
        return true;
    }

    private void Tell(MailboxAnswer.Chunk chunk)
    {
        _lastWord = _time.GetTimestamp();
        _sender.Tell(chunk with { Number = _pull!.Number });
        _pull = null;
    }
}
