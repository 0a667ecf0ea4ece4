using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Reads a mailbox in the form that was used before there were partitions: which messages wait in it, and which ids it
/// remembered.</summary>
/// <remarks>
/// The snapshot's layout. What follows the ids (streams) is not needed any more.
/// <code>
/// version:u8 (1 or 2)  life:varint  done:varint  waiting:varint, each: entry:blob
/// senders:varint, each: name:blob  ids:varint, each: XXH128 of the id:16 bytes, as two i64 (version 1: id:blob)  time:i64  …
/// </code>
/// </remarks>
internal sealed class FormerMailboxReader
{
    private const string Prefix = "mailbox-";
    private const byte Version = 2;

    private readonly UserName _user;
    private readonly Dictionary<UInt128, FormerId> _ids = [];
    private Queue<byte[]> _waiting = new();
    private long _done;

    private FormerMailboxReader(UserName user) => _user = user;

    /// <summary>The persistence ids of all former mailboxes begin with this.</summary>
    public static string IdPrefix => Prefix;

    /// <summary>The owner of a mailbox; null if the persistence id is none of a mailbox. In persistence ids the characters % : { } of a name are written as %
    /// and two hexadecimal digits.</summary>
    public static UserName? OwnerOf(string persistenceId) => persistenceId.StartsWith(Prefix, StringComparison.Ordinal)
        ? UserName.TryCreate(persistenceId[Prefix.Length..]
            .Replace("%3A", ":", StringComparison.Ordinal)
            .Replace("%7B", "{", StringComparison.Ordinal)
            .Replace("%7D", "}", StringComparison.Ordinal)
            .Replace("%25", "%", StringComparison.Ordinal))
        : null;

    /// <summary>Reads a mailbox.</summary>
    /// <param name="persistenceId">Its persistence id.</param>
    /// <param name="user">Its owner.</param>
    /// <param name="highest">The sequence number of its last event.</param>
    /// <param name="snapshot">The newest snapshot; null if there is none.</param>
    /// <param name="events">The events after it.</param>
    /// <exception cref="FormatException">The snapshot is none that this code reads.</exception>
    public static FormerMailbox Read(string persistenceId, UserName user, long? highest, byte[]? snapshot, IEnumerable<MailboxEvent> events)
    {
        var mailbox = new FormerMailboxReader(user);
        if (snapshot is not null)
            mailbox.Restore(snapshot);
        foreach (var happened in events)
            mailbox.Apply(happened);
        foreach (var entry in mailbox._waiting)
            mailbox.Forget(entry);
        return new FormerMailbox(
            persistenceId, user, highest, [.. mailbox._waiting.Select((entry, i) => (mailbox._done + 1 + i, entry))], [.. mailbox._ids.Values.OrderBy(i => i.Time)]);
    }

    private void Restore(byte[] snapshot)
    {
        var reader = new WireReader(snapshot);
        var version = reader.Byte();
        if (version is 0 or > Version)
            throw new FormatException($"the snapshot of a mailbox has version {version}, and this server reads versions 1 to {Version}");
        _ = reader.Varint();
        _done = reader.Varint();
        for (var n = reader.Varint(); n > 0; n--)
            _waiting.Enqueue(reader.Blob().ToArray());
        for (var senders = reader.Varint(); senders > 0; senders--)
        {
            var sender = reader.Blob();
            for (var n = reader.Varint(); n > 0; n--)
            {
                var key = version == 1 ? RememberedIds.FormerKeyOf(sender, _user.Utf8, reader.Blob())
                    : RememberedIds.FormerKeyOf(sender, _user.Utf8, (ulong)reader.Int64(), (ulong)reader.Int64());
                Remember(sender, key, reader.Int64());
            }
        }
    }

    private void Remember(ReadOnlySpan<byte> sender, UInt128 key, long time) =>
        _ids.TryAdd(key, new FormerId(RememberedIds.FormerGroupOf(ChatFacts.HashOf(sender)), key, time));

    private void Remember(byte[] entry, long time)
    {
        var chat = LinkEntry.ReadChat(entry);
        if (!chat.Id.IsEmpty)
            Remember(chat.Sender, RememberedIds.FormerKeyOf(chat.Sender, _user.Utf8, chat.Id), time);
    }

    private void Forget(byte[] entry)
    {
        var chat = LinkEntry.ReadChat(entry);
        _ids.Remove(RememberedIds.FormerKeyOf(chat.Sender, _user.Utf8, chat.Id));
    }

    private void Apply(MailboxEvent happened)
    {
        switch (happened)
        {
            case MailboxEvent.Stored stored:
                foreach (var entry in stored.Kept)
                {
                    _waiting.Enqueue(entry);
                    Remember(entry, stored.Time);
                }

                break;
            case MailboxEvent.Finished finished:
                while (_done < finished.UpTo && _waiting.TryDequeue(out _))
                    _done++;
                break;
            case MailboxEvent.Lifted lifted:
                _done = Math.Max(_done, lifted.UpTo);
                break;
            case MailboxEvent.Returned returned when returned.First + returned.Entries.Count - 1 == _done:
                _done = returned.First - 1;
                _waiting = new Queue<byte[]>(returned.Entries.Concat(_waiting));
                break;
        }
    }
}
