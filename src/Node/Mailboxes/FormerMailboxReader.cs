using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Reads a mailbox in the form that was used before there were partitions: which messages wait in it.</summary>
/// <remarks>
/// The snapshot's layout. What follows the messages (remembered ids and streams) is not needed any more.
/// <code>
/// version:u8 (1 or 2)  life:varint  done:varint  waiting:varint, each: entry:blob  …
/// </code>
/// </remarks>
internal sealed class FormerMailboxReader
{
    private const string Prefix = "mailbox-";
    private const byte Version = 2;

    private Queue<byte[]> _waiting = new();
    private long _done;

    private FormerMailboxReader()
    {
    }

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

    /// <summary>Gives the messages that wait, lowest number first.</summary>
    /// <param name="snapshot">The newest snapshot; null if there is none.</param>
    /// <param name="events">The events after it.</param>
    /// <exception cref="FormatException">The snapshot is none that this code reads.</exception>
    public static IReadOnlyList<(long Number, byte[] Entry)> Read(byte[]? snapshot, IEnumerable<MailboxEvent> events)
    {
        var mailbox = new FormerMailboxReader();
        if (snapshot is not null)
            mailbox.Restore(snapshot);
        foreach (var happened in events)
            mailbox.Apply(happened);
        return [.. mailbox._waiting.Select((entry, i) => (mailbox._done + 1 + i, entry))];
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
    }

    private void Apply(MailboxEvent happened)
    {
        switch (happened)
        {
            case MailboxEvent.Stored stored:
                foreach (var entry in stored.Kept)
                    _waiting.Enqueue(entry);
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
