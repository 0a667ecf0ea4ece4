using System.Text;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The byte layout of a mailbox's state in the snapshot store.</summary>
/// <remarks>
/// <code>
/// version:u8 (2)  life:varint  done:varint
/// waiting:varint, each: entry:blob
/// senders:varint, each: name:blob  ids:varint, each: hash of the id:16 bytes (version 1: id:blob)  time:i64
/// streams:varint, each: origin:node  stream:varint  upTo:varint  failures:varint, each: distance below upTo:varint  code:u8
/// </code>
/// A changed layout gets a new version. This code reads every version up to its own.
/// </remarks>
internal static class MailboxSnapshot
{
    private const byte Version = 2;

    /// <summary>Encodes a state.</summary>
    public static byte[] ToBytes(MailboxState state)
    {
        var bytes = new byte[SizeOf(state)];
        var writer = new WireWriter(bytes);
        writer.Byte(Version);
        writer.Varint(state.Life);
        writer.Varint(state.Done);
        writer.Varint(state.Waiting);
        foreach (var entry in state.Entries)
            writer.Blob(entry);
        writer.Varint(state.Ids.Senders);
        foreach (var (sender, ids) in state.Ids.All)
        {
            writer.Text(sender);
            writer.Varint(ids.Count);
            foreach (var (id, time) in ids.All)
            {
                writer.Int64((long)id.High);
                writer.Int64((long)id.Low);
                writer.Int64(time);
            }
        }

        writer.Varint(state.Streams.All.Count());
        foreach (var (origin, stream, mark) in state.Streams.All)
        {
            writer.Node(origin);
            writer.Varint(stream);
            writer.Varint(mark.UpTo);
            MailboxEventSerializer.Write(ref writer, mark.UpTo, mark.Failures);
        }

        return bytes[..writer.Position];
    }

    /// <summary>Decodes a state.</summary>
    /// <exception cref="FormatException">The bytes are not a state of a version that this code reads.</exception>
    public static MailboxState FromBytes(byte[] bytes, MailboxSettings settings)
    {
        var state = new MailboxState(settings);
        var reader = new WireReader(bytes);
        var version = reader.Byte();
        if (version is 0 or > Version)
            throw new FormatException($"the snapshot of a mailbox has version {version}: a newer server wrote it");
        var (life, done) = (reader.Varint(), reader.Varint());
        var waiting = new List<byte[]>();
        for (var n = reader.Varint(); n > 0; n--)
            waiting.Add(reader.Blob().ToArray());
        state.Restore(life, done, waiting);
        for (var n = reader.Varint(); n > 0; n--)
        {
            var sender = reader.Text();
            for (var ids = reader.Varint(); ids > 0; ids--)
            {
                var id = version == 1 ? IdHash.Of(reader.Blob()) : new IdHash((ulong)reader.Int64(), (ulong)reader.Int64());
                state.RestoreId(sender, id, reader.Int64());
            }
        }

        for (var n = reader.Varint(); n > 0; n--)
        {
            var (origin, stream, upTo) = (reader.Node(), reader.Varint(), reader.Varint());
            state.Streams.Set(origin, stream, upTo, MailboxEventSerializer.ReadFailures(ref reader, upTo));
        }

        return state;
    }

    private static int SizeOf(MailboxState state)
    {
        const int Number = 10;
        var size = 1 + (5 * Number) + state.WaitingBytes + (state.Waiting * Number);
        foreach (var (sender, ids) in state.Ids.All)
            size += (2 * Number) + Encoding.UTF8.GetByteCount(sender) + (ids.Count * (IdHash.Size + 8));
        foreach (var (origin, _, mark) in state.Streams.All)
            size += WireWriter.NodeSize(origin) + (3 * Number) + (mark.Failures.Count * LinkBody.MaxFailureBytes);
        return size;
    }
}
