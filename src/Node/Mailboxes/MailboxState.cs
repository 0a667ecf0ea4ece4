using System.Text;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The state of one mailbox: the messages that wait, under numbers that are never given to other messages, and what it remembers of
/// senders.</summary>
/// <remarks>
/// Pure and not thread-safe. <see cref="Decide"/> says what is to happen and changes nothing. <see cref="Apply"/> applies an event, also when events
/// are replayed.
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

    /// <summary>Number of the last message that was ever put into the mailbox; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>All messages up to this number are done with.</summary>
    public long Done { get; private set; }

    /// <summary>Identifies a life of the mailbox: a new one begins when the store has lost the mailbox. It is the time of the first batch or
    /// renumbering in this life; 0 before that.</summary>
    public long Life { get; private set; }

    /// <summary>How many messages wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Bytes of the messages that wait.</summary>
    public int WaitingBytes { get; private set; }

    /// <summary>The messages that wait, lowest number first.</summary>
    public IEnumerable<byte[]> Entries => _waiting;

    /// <summary>The ids that are remembered of senders, for the snapshot.</summary>
    internal SenderIds Ids => _ids;

    /// <summary>The numbers that are remembered of streams, for the snapshot.</summary>
    internal StreamMarks Streams => _streams;

    /// <summary>Decides what becomes of a batch, without changing anything.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="now">The time, in milliseconds since 1970, UTC.</param>
    /// <param name="storeHasSpace">False if the store is so full that no mailbox may keep more.</param>
    /// <returns>The answer to the sender of the batch, and the event that must be kept before it is sent; null if there is nothing to keep.</returns>
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

        // Refused chats are remembered, too. Otherwise a copy of the batch that comes when there is space again would be kept, although the sender
        // was told that it was refused. This is not necessary if nothing may be written: mailbox_unavailable does not say whether a chat is kept.
        return (answer, kept.Count + failures.Count == 0 || !storeHasSpace ? null : new MailboxEvent.Stored(batch.Origin, batch.Stream, upTo, now, failures, kept));
    }

    /// <summary>Gives the number up to which messages are too old; 0 if none is.</summary>
    public long Expired(long now)
    {
        var limit = now - (long)settings.MaxAge.TotalMilliseconds;
        var upTo = Done + _waiting.TakeWhile(e => LinkEntry.ReadChat(e).Time < limit).Count();
        return upTo > Done ? upTo : 0;
    }

    /// <summary>Applies an event.</summary>
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

    /// <summary>Reads messages after a number.</summary>
    /// <param name="after">The number. A number lower than <see cref="Done"/> counts as <see cref="Done"/>.</param>
    /// <param name="upTo">The number of the last message that may be read.</param>
    /// <param name="budget">The most bytes. A single message that is longer comes alone.</param>
    /// <param name="alike">True if either all messages must have an id or none may, like the first one.</param>
    /// <returns>The number of the first message, how many there are, and the entries, each after its length.</returns>
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

    /// <summary>True if the message with this number has an id. The message must be waiting.</summary>
    public bool HasId(long number) => HasId(_waiting.ElementAt((int)(number - Done - 1)));

    /// <summary>Puts the content of a snapshot into an empty state.</summary>
    internal void Restore(long life, long done, IEnumerable<byte[]> waiting)
    {
        Life = life;
        Last = Done = done;
        foreach (var entry in waiting)
            Enqueue(entry);
    }

    /// <summary>Remembers an id from a snapshot.</summary>
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
