using System.Runtime.InteropServices;
using System.Text;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What one turn changes in the mailboxes of a partition. It is written as one event.</summary>
/// <remarks>
/// Pure and not thread-safe. Layout (manifest <c>pt1</c>); <see cref="IPartitionTurnVisitor"/> says what each part means:
/// <code>
/// flags:u8 (1: opening, 2: old mailboxes are imported, 4: ids follow)  time:i64  last:varint
/// origins:varint, each:  node  taken:varint  refused:varint, each: distance below taken:varint  failures
/// stored:varint, each:   user:text  count:varint, each: entry:blob
/// done:varint, each:     user:text  upTo:varint
/// moved:varint, each:    user:text  number:varint  entry:blob
/// imported:varint, each: user:text  number:varint  entry:blob
/// lost:varint, each:     event:varint
/// ids:varint, each:      group:u8  id:16 bytes  time:i64     only with flag 4: chats that old mailboxes remembered
/// failures = count:varint, each: position:varint  code:u8     no failures: the deposit was not taken, its node sends it again
/// </code>
/// </remarks>
/// <param name="time">The time, in milliseconds since 1970, UTC.</param>
/// <param name="last">Number of the last message before this turn. In an opening turn it is the term of the new owner.</param>
internal sealed class PartitionTurn(long time, long last)
{
    private const byte OpeningFlag = 1;
    private const byte ImportedFlag = 2;
    private const byte IdsFlag = 4;
    private const int IdBytes = 1 + 16 + 8;
    private const int Number = 10;

    private readonly List<(ReadOnlyMemory<byte> Entry, ChatFacts Facts)> _stored = [];

    /// <summary>For which users the messages of <see cref="_stored"/> are, one after the other, and how many for each.</summary>
    private readonly List<(string User, int Count)> _runs = [];
    private readonly List<(string User, long UpTo)> _done = [];
    private readonly List<(string User, long Number, ReadOnlyMemory<byte> Entry)> _moved = [];
    private readonly List<(string User, long Number, ReadOnlyMemory<byte> Entry)> _imported = [];
    private readonly List<FormerId> _formerIds = [];
    private readonly HashSet<long> _lost = [];
    private readonly Dictionary<NodeId, OriginDeposits> _origins = [];
    private readonly Dictionary<string, (int Count, int Bytes)> _stores = new(StringComparer.Ordinal);
    private readonly HashSet<UInt128> _ids = [];
    private int _refusals;

    /// <summary>The time of the turn, in milliseconds since 1970, UTC.</summary>
    public long Time => time;

    /// <summary>True if the turn opens the log for a new owner.</summary>
    public bool IsOpening { get; init; }

    /// <summary>True if there are no mailboxes of the former form left for this partition.</summary>
    public bool FinishesImport { get; set; }

    /// <summary>Bytes of all messages in the turn.</summary>
    public int Bytes { get; private set; }

    /// <summary>True if nothing has to be written.</summary>
    public bool IsEmpty => !IsOpening && !FinishesImport && Bytes == 0 && _done.Count == 0 && _lost.Count == 0 && _formerIds.Count == 0 && _refusals == 0;

    /// <summary>Notes in the trace that the messages of this turn are stored.</summary>
    public void Trace(TraceLog trace)
    {
        var number = last;
        foreach (var (entry, facts) in _stored)
        {
            number++;
            if (facts.HasId)
                trace.Note(LinkEntry.ReadChat(entry.Span).Id, HopKind.Kept, number);
        }
    }

    /// <summary>The users for whom messages are stored.</summary>
    public IEnumerable<string> StoredFor => _stores.Keys;

    /// <summary>How many messages are stored.</summary>
    public int Stored => _stored.Count;

    /// <summary>The facts of the messages that are stored, in their order.</summary>
    public ChatFacts FactsOf(int index) => _stored[index].Facts;

    /// <summary>How much this turn stores for a user so far.</summary>
    public (int Count, int Bytes) StoresFor(string user) => _stores.GetValueOrDefault(user);

    /// <summary>True if this turn stores a chat with this id.</summary>
    public bool Knows(UInt128 id) => _ids.Contains(id);

    /// <summary>Stores a message.</summary>
    public void Store(string user, ReadOnlyMemory<byte> entry, in ChatFacts facts)
    {
        _stored.Add((entry, facts));
        if (_runs.Count > 0 && _runs[^1].User == user)
            _runs[^1] = (user, _runs[^1].Count + 1);
        else
            _runs.Add((user, 1));
        Bytes += entry.Length;
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_stores, user, out _);
        sum = (sum.Count + 1, sum.Bytes + entry.Length);
        if (facts.HasId)
            _ids.Add(facts.Id);
    }

    /// <summary>Notes that a node's deposits were taken. What is refused must be written as well: a copy of the deposit gets the same answer.</summary>
    public void Take(NodeId origin, OriginDeposits deposits, bool isRefused)
    {
        _origins[origin] = deposits;
        if (isRefused)
            _refusals++;
    }

    /// <summary>All messages of a user up to a number are processed.</summary>
    public void Finish(string user, long upTo) => _done.Add((user, upTo));

    /// <summary>Writes a message again that is in an old event.</summary>
    public void Move(string user, long number, ReadOnlyMemory<byte> entry)
    {
        _moved.Add((user, number, entry));
        Bytes += entry.Length;
    }

    /// <summary>Takes over a mailbox of the former form.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="oldestId">Ids that are older are left out. In milliseconds since 1970, UTC.</param>
    public void Import(FormerMailbox mailbox, long oldestId)
    {
        foreach (var (number, entry) in mailbox.Messages)
            Import(mailbox.User.Text, number, entry);
        _formerIds.AddRange(mailbox.Ids.Where(i => i.Time >= oldestId));
    }

    /// <summary>Takes a message from a mailbox of the former form.</summary>
    public void Import(string user, long number, ReadOnlyMemory<byte> entry)
    {
        _imported.Add((user, number, entry));
        Bytes += entry.Length;
    }

    /// <summary>The messages of an event are lost: the store does not have it, or it cannot be read.</summary>
    public void Lose(long sequenceNr) => _lost.Add(sequenceNr);

    /// <summary>Encodes the turn.</summary>
    public byte[] Encode()
    {
        var space = new byte[Size()];
        var writer = new WireWriter(space);
        writer.Byte((byte)((IsOpening ? OpeningFlag : 0) | (FinishesImport ? ImportedFlag : 0) | (_formerIds.Count > 0 ? IdsFlag : 0)));
        writer.Int64(time);
        writer.Varint(last);
        writer.Varint(_origins.Count);
        foreach (var (node, deposits) in _origins)
            Write(ref writer, node, deposits);
        writer.Varint(_runs.Count);
        var next = 0;
        foreach (var (user, count) in _runs)
        {
            writer.Text(user);
            writer.Varint(count);
            for (var end = next + count; next < end; next++)
                writer.Blob(_stored[next].Entry.Span);
        }

        writer.Varint(_done.Count);
        foreach (var (user, upTo) in _done)
        {
            writer.Text(user);
            writer.Varint(upTo);
        }

        Write(ref writer, _moved);
        Write(ref writer, _imported);
        writer.Varint(_lost.Count);
        foreach (var number in _lost)
            writer.Varint(number);
        WriteIds(ref writer);
        return space[..writer.Position];
    }

    /// <summary>Decodes a turn, part by part in the order of the layout. It is longer than 40 lines, so that the layout can be read from it.</summary>
    /// <exception cref="FormatException">The bytes are no turn. Parts before the damage were visited.</exception>
    public static void Read(byte[] bytes, IPartitionTurnVisitor visitor)
    {
        var reader = new WireReader(bytes);
        var flags = reader.Byte();
        var (time, last) = (reader.Int64(), reader.Varint());
        visitor.OnTurn(time, last, (flags & OpeningFlag) != 0, (flags & ImportedFlag) != 0);
        for (var n = reader.Length(); n > 0; n--)
        {
            var (node, taken) = (reader.Node(), reader.Varint());
            List<(long, IReadOnlyList<LinkFailure>)> refused = [];
            for (var r = reader.Length(); r > 0; r--)
                refused.Add((taken - reader.Varint(), MailboxWire.ReadFailures(ref reader)));
            visitor.OnOrigin(node, taken, refused);
        }

        for (var n = reader.Length(); n > 0; n--)
        {
            visitor.OnStoredFor(reader.Blob());
            for (var entries = reader.Length(); entries > 0; entries--)
            {
                var length = reader.Blob().Length;
                visitor.OnStored(++last, reader.Position - length, length);
            }
        }

        for (var n = reader.Length(); n > 0; n--)
            visitor.OnDone(reader.Text(), reader.Varint());
        for (var n = reader.Length(); n > 0; n--)
        {
            var (user, number, length) = (reader.Text(), reader.Varint(), reader.Blob().Length);
            visitor.OnMoved(user, number, reader.Position - length, length);
        }

        for (var n = reader.Length(); n > 0; n--)
        {
            var (user, number, length) = (reader.Text(), reader.Varint(), reader.Blob().Length);
            visitor.OnImported(user, number, reader.Position - length, length);
        }

        for (var n = reader.Length(); n > 0; n--)
            visitor.OnLost(reader.Varint());
        for (var n = (flags & IdsFlag) != 0 ? reader.Length() : 0; n > 0; n--)
            visitor.OnFormerId(new FormerId(reader.Byte(), new UInt128((ulong)reader.Int64(), (ulong)reader.Int64()), reader.Int64()));
    }

    private void WriteIds(ref WireWriter writer)
    {
        if (_formerIds.Count == 0)
            return;
        writer.Varint(_formerIds.Count);
        foreach (var id in _formerIds)
        {
            writer.Byte((byte)id.Group);
            writer.Int64((long)(ulong)(id.Key >> 64));
            writer.Int64((long)(ulong)id.Key);
            writer.Int64(id.Time);
        }
    }

    private static void Write(ref WireWriter writer, NodeId node, OriginDeposits deposits)
    {
        writer.Node(node);
        writer.Varint(deposits.Taken);
        var refused = deposits.Refused;
        writer.Varint(refused.Count);
        foreach (var (number, failures) in refused)
        {
            writer.Varint(deposits.Taken - number);
            MailboxWire.WriteFailures(ref writer, failures);
        }
    }

    private static void Write(ref WireWriter writer, List<(string User, long Number, ReadOnlyMemory<byte> Entry)> messages)
    {
        writer.Varint(messages.Count);
        foreach (var (user, number, entry) in messages)
        {
            writer.Text(user);
            writer.Varint(number);
            writer.Blob(entry.Span);
        }
    }

    private int Size()
    {
        var size = 9 + (8 * Number) + (_lost.Count * Number) + (_formerIds.Count * IdBytes);
        foreach (var (node, deposits) in _origins)
            size += WireWriter.NodeSize(node) + (2 * Number) + deposits.Refused.Sum(r => (2 * Number) + (r.Failures.Count * (Number + 1)));
        foreach (var (user, _) in _runs)
            size += TextSize(user) + Number;
        foreach (var (entry, _) in _stored)
            size += WireWriter.BlobSize(entry.Length);
        foreach (var (user, _) in _done)
            size += TextSize(user) + Number;
        foreach (var (user, _, entry) in _moved)
            size += TextSize(user) + Number + WireWriter.BlobSize(entry.Length);
        foreach (var (user, _, entry) in _imported)
            size += TextSize(user) + Number + WireWriter.BlobSize(entry.Length);
        return size;
    }

    private static int TextSize(string text) => WireWriter.BlobSize(Encoding.UTF8.GetByteCount(text));
}
