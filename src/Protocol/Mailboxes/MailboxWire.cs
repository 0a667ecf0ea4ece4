using System.Text;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>The byte layouts of messages to and from mailboxes, for <see cref="InternodeSerializer"/>.</summary>
/// <remarks>
/// <code>
/// mst1 Store   user:text  origin:node  stream:varint  first:varint  count:varint  notReader:reader?  more:u8  entries
/// mpl1 Pull    user:text  reader  acks:u8  life:varint  number:varint  have:varint  done:varint  budget:varint
/// mlv1 Leave   user:text  reader  have:varint  done:varint  life:varint (missing from older nodes: 0)
/// mok1 Stored  stream:varint  upTo:varint  failures:varint, per failure: distance below upTo:varint  code:u8
/// mon1 Online  stream:varint  first:varint  reader
/// mch1 Chunk   number:varint  life:varint  first:varint  count:varint  waiting:varint  drained:u8  entries
/// mnu1 Nudge   user:text  connection:varint
/// mlf1 Left    done:varint
/// reader = node  connection:varint      reader? = u8 (0: none), reader
/// </code>
/// </remarks>
internal static class MailboxWire
{
    public static byte[] Write(MailboxMessage.Store m)
    {
        var bytes = new byte[TextSize(m.User) + WireWriter.NodeSize(m.Origin) + WireWriter.VarintSize(m.Stream) + WireWriter.VarintSize(m.First)
            + WireWriter.VarintSize(m.Count) + 2 + (m.NotReader is { } r ? ReaderSize(r) : 0) + m.Entries.Length];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        writer.Node(m.Origin);
        writer.Varint(m.Stream);
        writer.Varint(m.First);
        writer.Varint(m.Count);
        writer.Byte(m.NotReader is null ? (byte)0 : (byte)1);
        if (m.NotReader is { } reader)
            Write(ref writer, reader);
        writer.Byte(m.More ? (byte)1 : (byte)0);
        writer.Raw(m.Entries.Span);
        return bytes;
    }

    public static MailboxMessage.Store ReadStore(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var user = reader.Text();
        var origin = reader.Node();
        var (stream, first, count) = (reader.Varint(), reader.Varint(), Count(ref reader, bytes));
        var notReader = reader.Byte() == 1 ? ReadReader(ref reader) : null;
        var more = reader.Byte() == 1;
        return new MailboxMessage.Store(user, origin, stream, first, count, notReader, more, bytes.AsMemory(reader.Position));
    }

    public static byte[] Write(MailboxMessage.Pull m)
    {
        var bytes = new byte[TextSize(m.User) + ReaderSize(m.Reader) + 1 + WireWriter.VarintSize(m.Life) + WireWriter.VarintSize(m.Number) + WireWriter.VarintSize(m.Have)
            + WireWriter.VarintSize(m.Done) + WireWriter.VarintSize(m.Budget)];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        Write(ref writer, m.Reader);
        writer.Byte(m.Acks ? (byte)1 : (byte)0);
        writer.Varint(m.Life);
        writer.Varint(m.Number);
        writer.Varint(m.Have);
        writer.Varint(m.Done);
        writer.Varint(m.Budget);
        return bytes;
    }

    public static MailboxMessage.Pull ReadPull(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxMessage.Pull(
            reader.Text(), ReadReader(ref reader), reader.Byte() == 1, reader.Varint(), reader.Varint(), reader.Varint(), reader.Varint(),
            checked((int)reader.Varint()));
    }

    public static byte[] Write(MailboxMessage.Leave m)
    {
        var bytes = new byte[TextSize(m.User) + ReaderSize(m.Reader) + WireWriter.VarintSize(m.Have) + WireWriter.VarintSize(m.Done)
            + WireWriter.VarintSize(m.Life)];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        Write(ref writer, m.Reader);
        writer.Varint(m.Have);
        writer.Varint(m.Done);
        writer.Varint(m.Life);
        return bytes;
    }

    public static MailboxMessage.Leave ReadLeave(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxMessage.Leave(
            reader.Text(), ReadReader(ref reader), reader.Varint(), reader.Varint(), reader.Position < bytes.Length ? reader.Varint() : 0);
    }

    public static byte[] Write(MailboxAnswer.Stored m)
    {
        var space = new byte[30 + (m.Failures.Count * LinkBody.MaxFailureBytes)];
        var writer = new WireWriter(space);
        writer.Varint(m.Stream);
        writer.Varint(m.UpTo);
        writer.Varint(m.Failures.Count);
        foreach (var failure in m.Failures)
        {
            writer.Varint(m.UpTo - failure.Number);
            writer.Byte((byte)failure.Code);
        }

        return space[..writer.Position];
    }

    public static MailboxAnswer.Stored ReadStored(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var (stream, upTo) = (reader.Varint(), reader.Varint());
        var failures = new LinkFailure[Count(ref reader, bytes)];
        for (var i = 0; i < failures.Length; i++)
        {
            var number = upTo - reader.Varint();
            var code = reader.Byte();
            failures[i] = new LinkFailure(number, ErrorCodes.IsKnown(code) ? (ErrorCode)code : ErrorCode.Internal);
        }

        return new MailboxAnswer.Stored(stream, upTo, failures);
    }

    public static byte[] Write(MailboxAnswer.Online m)
    {
        var bytes = new byte[WireWriter.VarintSize(m.Stream) + WireWriter.VarintSize(m.First) + ReaderSize(m.Reader)];
        var writer = new WireWriter(bytes);
        writer.Varint(m.Stream);
        writer.Varint(m.First);
        Write(ref writer, m.Reader);
        return bytes;
    }

    public static MailboxAnswer.Online ReadOnline(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxAnswer.Online(reader.Varint(), reader.Varint(), ReadReader(ref reader));
    }

    public static byte[] Write(MailboxAnswer.Chunk m)
    {
        var bytes = new byte[WireWriter.VarintSize(m.Number) + WireWriter.VarintSize(m.Life) + WireWriter.VarintSize(m.First) + WireWriter.VarintSize(m.Count)
            + WireWriter.VarintSize(m.Waiting) + 1 + m.Entries.Length];
        var writer = new WireWriter(bytes);
        writer.Varint(m.Number);
        writer.Varint(m.Life);
        writer.Varint(m.First);
        writer.Varint(m.Count);
        writer.Varint(m.Waiting);
        writer.Byte(m.IsDrained ? (byte)1 : (byte)0);
        writer.Raw(m.Entries.Span);
        return bytes;
    }

    public static MailboxAnswer.Chunk ReadChunk(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxAnswer.Chunk(
            reader.Varint(), reader.Varint(), reader.Varint(), Count(ref reader, bytes), reader.Varint(), reader.Byte() == 1, bytes.AsMemory(reader.Position));
    }

    public static byte[] Write(MailboxAnswer.Nudge m)
    {
        var bytes = new byte[TextSize(m.User) + WireWriter.VarintSize(m.Connection)];
        var writer = new WireWriter(bytes);
        writer.Text(m.User);
        writer.Varint(m.Connection);
        return bytes;
    }

    public static MailboxAnswer.Nudge ReadNudge(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxAnswer.Nudge(reader.Text(), reader.Varint());
    }

    public static byte[] Write(MailboxAnswer.Left m)
    {
        var bytes = new byte[WireWriter.VarintSize(m.Done)];
        new WireWriter(bytes).Varint(m.Done);
        return bytes;
    }

    public static MailboxAnswer.Left ReadLeft(byte[] bytes) => new(new WireReader(bytes).Varint());

    public static byte[] Write(MailboxMessage.Look m)
    {
        var bytes = new byte[TextSize(m.User)];
        new WireWriter(bytes).Text(m.User);
        return bytes;
    }

    public static MailboxMessage.Look ReadLook(byte[] bytes) => new(new WireReader(bytes).Text());

    public static byte[] Write(MailboxAnswer.Depth m)
    {
        var bytes = new byte[WireWriter.VarintSize(m.Waiting) + WireWriter.VarintSize(m.Bytes) + WireWriter.VarintSize(m.Last)
            + 1 + (m.Reader is null ? 0 : ReaderSize(m.Reader))];
        var writer = new WireWriter(bytes);
        writer.Varint(m.Waiting);
        writer.Varint(m.Bytes);
        writer.Varint(m.Last);
        writer.Byte(m.Reader is null ? (byte)0 : (byte)1);
        if (m.Reader is not null)
            Write(ref writer, m.Reader);
        return bytes;
    }

    public static MailboxAnswer.Depth ReadDepth(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        return new MailboxAnswer.Depth(reader.Varint(), reader.Varint(), reader.Varint(), reader.Byte() == 1 ? ReadReader(ref reader) : null);
    }

    private static int TextSize(string text) => WireWriter.BlobSize(Encoding.UTF8.GetByteCount(text));

    private static int ReaderSize(ReaderId reader) => WireWriter.NodeSize(reader.Node) + WireWriter.VarintSize(reader.Connection);

    private static void Write(ref WireWriter writer, ReaderId reader)
    {
        writer.Node(reader.Node);
        writer.Varint(reader.Connection);
    }

    private static ReaderId ReadReader(ref WireReader reader) => new(reader.Node(), reader.Varint());

    /// <summary>Reads a count. A count larger than the number of remaining bytes is an error.</summary>
    private static int Count(ref WireReader reader, byte[] bytes) =>
        reader.Varint() is >= 0 and var count && count <= bytes.Length ? (int)count : throw new FormatException("a count is out of range");
}
