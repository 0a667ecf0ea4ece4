using System.Text;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The byte layout of a partition's index in the snapshot store. It names where messages are, and does not hold them.</summary>
/// <remarks>
/// <code>
/// version:u8 (1)  flags:u8 (1: old mailboxes are imported)  last:varint  term:varint
/// events:varint, each:  distance from the number before:varint  bytes:varint
/// users:varint, each:   user:text  messages:varint, each: distance from the number before:varint  position of the event in the list above:varint
///                       offset:varint  length:varint  time:varint  sender:u32 as varint
/// origins:varint, each: origin:node  taken:varint  lastUsed:varint  refused:varint, each: distance below taken:varint  failures
/// ids:varint, each:     group:u8  id:16 bytes  time:i64
/// </code>
/// Failures are those of <see cref="PartitionTurn"/>. A changed layout gets a new version. This code reads every version up to its own.
/// </remarks>
internal static class PartitionSnapshot
{
    private const byte Version = 1;
    private const int Number = 10;

    /// <summary>Encodes an index.</summary>
    public static byte[] ToBytes(PartitionState state)
    {
        var space = new byte[SizeOf(state)];
        var writer = new WireWriter(space);
        writer.Byte(Version);
        writer.Byte(state.IsImported ? (byte)1 : (byte)0);
        writer.Varint(state.Last);
        writer.Varint(state.Term);
        var positions = WriteEvents(ref writer, state);
        writer.Varint(state.Users.Count(u => u.Value.Count > 0));
        foreach (var (user, mailbox) in state.Users)
        {
            if (mailbox.Count > 0)
                Write(ref writer, user, mailbox, positions);
        }

        WriteOrigins(ref writer, state);
        WriteIds(ref writer, state);
        return space[..writer.Position];
    }

    /// <summary>Writes the events, and gives the position of each in their list.</summary>
    private static Dictionary<long, int> WriteEvents(ref WireWriter writer, PartitionState state)
    {
        var positions = new Dictionary<long, int>(state.Events.Count);
        writer.Varint(state.Events.Count);
        var before = 0L;
        foreach (var number in state.Events.Numbers)
        {
            positions[number] = positions.Count;
            writer.Varint(number - before);
            writer.Varint(state.Events.SizeOf(number));
            before = number;
        }

        return positions;
    }

    private static void WriteOrigins(ref WireWriter writer, PartitionState state)
    {
        writer.Varint(state.Origins.Count);
        foreach (var (node, deposits) in state.Origins)
        {
            var refused = deposits.Refused;
            writer.Node(node);
            writer.Varint(deposits.Taken);
            writer.Varint(deposits.LastUsed);
            writer.Varint(refused.Count);
            foreach (var (number, failures) in refused)
            {
                writer.Varint(deposits.Taken - number);
                MailboxWire.WriteFailures(ref writer, failures);
            }
        }
    }

    private static void WriteIds(ref WireWriter writer, PartitionState state)
    {
        writer.Varint(state.Ids.Count);
        foreach (var (group, id, time) in state.Ids.All)
        {
            writer.Byte((byte)group);
            writer.Int64((long)(ulong)(id >> 64));
            writer.Int64((long)(ulong)id);
            writer.Int64(time);
        }
    }

    /// <summary>Decodes an index.</summary>
    /// <exception cref="FormatException">The bytes are not an index of a version that this code reads.</exception>
    public static PartitionState FromBytes(byte[] bytes, MailboxSettings settings)
    {
        var state = new PartitionState(settings);
        var reader = new WireReader(bytes);
        if (reader.Byte() is var version and not Version)
            throw new FormatException($"the snapshot of a partition has version {version}, and this server reads version {Version}: a newer server wrote it");
        var imported = reader.Byte() == 1;
        state.Restore(reader.Varint(), reader.Varint(), imported);
        var events = new (long Number, int Bytes)[reader.Length()];
        var before = 0L;
        for (var i = 0; i < events.Length; i++)
            events[i] = (before += reader.Varint(), reader.Int32());
        for (var n = reader.Varint(); n > 0; n--)
            ReadMailbox(ref reader, state, events);
        for (var n = reader.Varint(); n > 0; n--)
        {
            var (node, taken, used) = (reader.Node(), reader.Varint(), reader.Varint());
            List<(long, IReadOnlyList<LinkFailure>)> refused = [];
            for (var r = reader.Varint(); r > 0; r--)
                refused.Add((taken - reader.Varint(), MailboxWire.ReadFailures(ref reader)));
            state.OriginOf(node, used).Restore(taken, refused, used);
        }

        for (var n = reader.Varint(); n > 0; n--)
        {
            var group = reader.Byte() % RememberedIds.AllGroups;
            state.Ids.Add(group, new UInt128((ulong)reader.Int64(), (ulong)reader.Int64()), reader.Int64());
        }

        return state;
    }

    private static void Write(ref WireWriter writer, string user, UserMailbox mailbox, Dictionary<long, int> positions)
    {
        writer.Text(user);
        writer.Varint(mailbox.Count);
        var before = 0L;
        foreach (var message in mailbox.Messages)
        {
            writer.Varint(message.Number - before);
            writer.Varint(positions[message.Event]);
            writer.Varint(message.Offset);
            writer.Varint(message.Length);
            writer.Varint(message.Time);
            writer.Varint((uint)message.Sender);
            before = message.Number;
        }
    }

    private static void ReadMailbox(ref WireReader reader, PartitionState state, (long Number, int Bytes)[] events)
    {
        var mailbox = state.Get(reader.Text());
        var number = 0L;
        for (var n = reader.Varint(); n > 0; n--)
        {
            var (distance, at) = (reader.Varint(), reader.Int32());
            if (distance <= 0 || at < 0 || at >= events.Length)
                throw new FormatException("a message in the snapshot of a partition points to an event that is not in it");
            number += distance;
            var (sequenceNr, size) = events[at];
            state.RestoreMessage(
                mailbox,
                new MessagePlace(
                    number, sequenceNr, reader.Int32(), reader.Int32(), (uint)reader.Varint(), (int)(uint)reader.Varint()),
                size);
        }
    }

    private static int SizeOf(PartitionState state)
    {
        var size = 2 + (7 * Number) + (state.Events.Count * 2 * Number) + (state.Waiting * 41) + (state.Ids.Count * 25);
        foreach (var (user, mailbox) in state.Users)
            size += mailbox.Count == 0 ? 0 : (2 * Number) + Encoding.UTF8.GetByteCount(user);
        foreach (var (node, deposits) in state.Origins)
            size += WireWriter.NodeSize(node) + (4 * Number) + deposits.Refused.Sum(r => (2 * Number) + (r.Failures.Count * (Number + 1)));
        return size;
    }
}
