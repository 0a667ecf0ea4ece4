using System.Text;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What one mailbox holds: messages that wait, under numbers that never come again, and what it remembers of its senders.</summary>
/// <remarks>
/// Pure and not thread-safe: <see cref="Decide"/> says what is to happen, <see cref="Apply"/> makes it so, also when events are replayed.
/// <code>
/// done with | wait
///           ^ Done           ^ Last
/// </code>
/// </remarks>
/// <param name="settings">The bounds.</param>
internal sealed class MailboxState(MailboxSettings settings)
{
    private Queue<byte[]> _waiting = new();
    private readonly SenderIds _ids = new(settings);
    private readonly StreamMarks _streams = new();

    /// <summary>Number of the last message that was ever put in; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>All up to this number are done with.</summary>
    public long Done { get; private set; }

    /// <summary>Tells one life of the mailbox from another, which began when the store had lost it: the time of its first event; 0 before
    /// that.</summary>
    public long Life { get; private set; }

    /// <summary>How many messages wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Bytes of the messages that wait.</summary>
    public int WaitingBytes { get; private set; }

    /// <summary>The messages that wait, with the lowest number first.</summary>
    public IEnumerable<byte[]> Entries => _waiting;

    /// <summary>What is remembered of senders, for the snapshot.</summary>
    internal SenderIds Ids => _ids;

    /// <summary>What is remembered of streams, for the snapshot.</summary>
    internal StreamMarks Streams => _streams;

    /// <summary>Says what becomes of a batch, without changing anything.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="now">Milliseconds since 1970, UTC.</param>
    /// <param name="storeHasSpace">False where nothing more may be kept, in whichever mailbox.</param>
    /// <returns>The answer to its sender, and the event that has to be kept before; null where there is nothing to keep.</returns>
    public (MailboxAnswer.Stored Answer, MailboxEvent.Stored? Event) Decide(MailboxMessage.Store batch, long now, bool storeHasSpace = true)
    {
        var upTo = batch.First + batch.Count - 1;
        var mark = _streams.Find(batch.Origin, batch.Stream);
        if (mark is not null && mark.UpTo >= upTo)
            return (new MailboxAnswer.Stored(batch.Stream, mark.UpTo, mark.Failures), null);

        List<LinkFailure> failures = [];
        List<byte[]> kept = [];
        HashSet<(string Sender, IdHash Id)> here = [];
        var bytes = WaitingBytes;
        var number = batch.First - 1;
        var reader = new LinkEntryReader(batch.Entries.Span);
        while (reader.TryRead(out var entry))
        {
            if (++number <= (mark?.UpTo ?? 0))
                continue;
            var chat = LinkEntry.ReadChat(entry);
            if (!chat.Id.IsEmpty)
            {
                var (sender, id) = (Text(chat.Sender), IdHash.Of(chat.Id));
                if (_ids.Knows(sender, id, now) || here.Contains((sender, id)))
                    continue;
                if (storeHasSpace && HasSpace(kept.Count, bytes, entry.Length))
                    here.Add((sender, id));
            }

            if (!storeHasSpace)
                failures.Add(new LinkFailure(number, ErrorCode.MailboxUnavailable));
            else if (HasSpace(kept.Count, bytes, entry.Length))
            {
                kept.Add(entry.ToArray());
                bytes += entry.Length;
            }
            else
                failures.Add(new LinkFailure(number, ErrorCode.MailboxFull));
        }

        var answer = new MailboxAnswer.Stored(batch.Stream, upTo, failures);

        // What was refused is remembered, too: a copy of it that comes when there is space again must not be kept behind its sender's back.
        // Not where nothing may be written: who hears mailbox_unavailable does not know whether it is kept.
        return (answer, kept.Count + failures.Count == 0 || !storeHasSpace ? null : new MailboxEvent.Stored(batch.Origin, batch.Stream, upTo, now, failures, kept));
    }

    /// <summary>Says up to which number messages are too old; 0 where none is.</summary>
    public long Expired(long now)
    {
        var limit = now - (long)settings.MaxAge.TotalMilliseconds;
        var upTo = Done + _waiting.TakeWhile(e => LinkEntry.ReadChat(e).Time < limit).Count();
        return upTo > Done ? upTo : 0;
    }

    /// <summary>Makes what happened so.</summary>
    public void Apply(MailboxEvent happened)
    {
        switch (happened)
        {
            case MailboxEvent.Stored stored:
                Begin(stored.Time);
                _ids.ForgetOld(stored.Time);
                foreach (var entry in stored.Kept)
                    Add(entry, stored.Time);
                _streams.Set(stored.Origin, stored.Stream, stored.UpTo, stored.Failures);
                break;
            case MailboxEvent.Finished finished:
                while (Done < finished.UpTo && _waiting.TryDequeue(out var entry))
                {
                    Done++;
                    WaitingBytes -= entry.Length;
                }

                break;
            case MailboxEvent.Lifted lifted:
                Begin(lifted.Time);
                Done = Math.Max(Done, lifted.UpTo);
                Last = Done + _waiting.Count;
                break;
            case MailboxEvent.Returned returned when returned.First + returned.Entries.Count - 1 == Done:
                Done = returned.First - 1;
                _waiting = new Queue<byte[]>(returned.Entries.Concat(_waiting));
                WaitingBytes += returned.Entries.Sum(e => e.Length);
                break;
        }
    }

    /// <summary>Collects messages behind a number.</summary>
    /// <param name="after">The number; lower than <see cref="Done"/> counts as that.</param>
    /// <param name="upTo">The last that may be given.</param>
    /// <param name="budget">The most bytes; a single longer message comes alone.</param>
    /// <param name="alike">True where the messages shall either all have an id or all have none, as the first one.</param>
    /// <returns>Number of the first, how many, and the entries, each behind its length.</returns>
    public (long First, int Count, byte[] Entries) Read(long after, long upTo, int budget, bool alike = false)
    {
        after = Math.Max(after, Done);
        List<byte[]> chosen = [];
        var bytes = 0;
        foreach (var entry in _waiting.Skip((int)(after - Done)).Take((int)Math.Max(0, upTo - after)))
        {
            var size = EntryList.SizeOf(entry.Length);
            if (chosen.Count > 0 && (bytes + size > budget || (alike && HasId(entry) != HasId(chosen[0]))))
                break;
            chosen.Add(entry);
            bytes += size;
        }

        return (after + 1, chosen.Count, EntryList.Join(chosen, bytes));
    }

    /// <summary>True where the message with a number has an id; it must wait.</summary>
    public bool HasId(long number) => HasId(_waiting.ElementAt((int)(number - Done - 1)));

    /// <summary>Puts in what a snapshot holds. Only into an empty state.</summary>
    internal void Restore(long life, long done, IEnumerable<byte[]> waiting)
    {
        Life = life;
        Last = Done = done;
        foreach (var entry in waiting)
            Enqueue(entry);
    }

    /// <summary>Remembers an id that a snapshot holds.</summary>
    internal void RestoreId(string sender, IdHash id, long time) => _ids.Add(sender, id, time);

    private void Begin(long time)
    {
        if (Life == 0)
            Life = Math.Max(1, time);
    }

    private static bool HasId(byte[] entry) => !LinkEntry.ReadChat(entry).Id.IsEmpty;

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private bool HasSpace(int more, int bytes, int size) =>
        _waiting.Count + more < settings.MaxMessages && bytes + size <= settings.MaxBytes;

    private void Add(byte[] entry, long time)
    {
        Enqueue(entry);
        var chat = LinkEntry.ReadChat(entry);
        if (!chat.Id.IsEmpty)
            _ids.Add(Text(chat.Sender), IdHash.Of(chat.Id), time);
    }

    private void Enqueue(byte[] entry)
    {
        _waiting.Enqueue(entry);
        Last++;
        WaitingBytes += entry.Length;
    }
}
