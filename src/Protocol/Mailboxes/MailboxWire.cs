using System.Text;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>The byte layouts of messages to and from mailboxes, for <see cref="InternodeSerializer"/>.</summary>
/// <remarks>
/// <code>
/// mpb1 PartitionBatch   partition:varint  origin:node  term:varint  settled:varint  count:varint, per message:
///        1 Store        user:text  number:varint  count:varint  endedReader:reader?  more:u8  entries:blob
///        2 Pull         user:text  reader  since:varint  acks:u8  number:varint  have:varint  done:varint  budget:varint
///        3 Leave        user:text  reader  since:varint  done:varint
/// mpa1 PartitionAnswer  partition:varint  term:varint  taken:varint, one more (0: none)  count:varint, per answer:
///        1 Stored       number:varint  failures:varint, per failure: position:varint  code:u8
///        2 Online       number:varint  reader
///        3 Later        number:varint
///        4 Chunk        connection:varint  number:varint  waiting:varint  drained:u8  messages:blob
///        5 Left         connection:varint  done:varint
///        6 AllStored    first:varint  count:varint
/// reader = node  connection:varint      reader? = u8 (0: none), reader
/// </code>
/// </remarks>
internal static class MailboxWire
{
    private const byte StoreTag = 1;
    private const byte PullTag = 2;
    private const byte LeaveTag = 3;
    private const byte StoredTag = 1;
    private const byte OnlineTag = 2;
    private const byte LaterTag = 3;
    private const byte ChunkTag = 4;
    private const byte LeftTag = 5;
    private const byte AllStoredTag = 6;
    private const int Number = 10;

    /// <summary>Encodes a batch.</summary>
    public static byte[] Write(PartitionBatch m)
    {
        var space = new byte[(4 * Number) + WireWriter.NodeSize(m.Origin) + m.Messages.Sum(SizeOf)];
        var writer = new WireWriter(space);
        writer.Varint(m.Partition);
        writer.Node(m.Origin);
        writer.Varint(m.Term);
        writer.Varint(m.Settled);
        writer.Varint(m.Messages.Count);
        foreach (var message in m.Messages)
            Write(ref writer, message);
        return space[..writer.Position];
    }

    /// <summary>Decodes a batch.</summary>
    public static PartitionBatch ReadBatch(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var (partition, origin, term, settled) = (reader.Int32(), reader.Node(), reader.Varint(), reader.Varint());
        var messages = new MailboxMessage[Count(ref reader, bytes)];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = ReadMessage(ref reader, bytes);
        return new PartitionBatch(partition, origin, term, settled, messages);
    }

    /// <summary>Encodes answers.</summary>
    public static byte[] Write(PartitionAnswer m)
    {
        var space = new byte[(4 * Number) + m.Answers.Sum(SizeOf)];
        var writer = new WireWriter(space);
        writer.Varint(m.Partition);
        writer.Varint(m.Term);
        writer.Varint((m.Taken ?? -1) + 1);
        writer.Varint(m.Answers.Count);
        foreach (var answer in m.Answers)
            Write(ref writer, answer);
        return space[..writer.Position];
    }

    /// <summary>Decodes answers.</summary>
    public static PartitionAnswer ReadAnswers(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var (partition, term, taken) = (reader.Int32(), reader.Varint(), reader.Varint() - 1);
        var answers = new MailboxAnswer[Count(ref reader, bytes)];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = ReadAnswer(ref reader, bytes);
        return new PartitionAnswer(partition, term, taken < 0 ? null : taken, answers);
    }

    /// <summary>The most bytes that a message takes in a batch.</summary>
    public static int SizeOf(MailboxMessage message) => 1 + TextSize(message.User) + message switch
    {
        MailboxMessage.Store m => (3 * Number) + 2 + (m.EndedReader is { } r ? ReaderSize(r) : 0) + m.Entries.Length,
        MailboxMessage.Pull m => ReaderSize(m.Reader) + (5 * Number) + 1,
        MailboxMessage.Leave m => ReaderSize(m.Reader) + (2 * Number),
        _ => throw Unknown(message),
    };

    /// <summary>The most bytes that an answer takes.</summary>
    public static int SizeOf(MailboxAnswer answer) => 1 + answer switch
    {
        MailboxAnswer.Stored m => (2 * Number) + (m.Failures.Count * (Number + 1)),
        MailboxAnswer.Online m => Number + ReaderSize(m.Reader),
        MailboxAnswer.Later => Number,
        MailboxAnswer.Chunk m => (4 * Number) + 1 + m.Messages.Length,
        MailboxAnswer.Left or MailboxAnswer.AllStored => 2 * Number,
        _ => throw Unknown(answer),
    };

    private static void Write(ref WireWriter writer, MailboxMessage message)
    {
        switch (message)
        {
            case MailboxMessage.Store m:
                writer.Byte(StoreTag);
                writer.Text(m.User);
                writer.Varint(m.Number);
                writer.Varint(m.Count);
                WriteOptional(ref writer, m.EndedReader);
                writer.Byte(m.More ? (byte)1 : (byte)0);
                writer.Blob(m.Entries.Span);
                break;
            case MailboxMessage.Pull m:
                writer.Byte(PullTag);
                writer.Text(m.User);
                Write(ref writer, m.Reader);
                writer.Varint(m.Since);
                writer.Byte(m.Acks ? (byte)1 : (byte)0);
                writer.Varint(m.Number);
                writer.Varint(m.Have);
                writer.Varint(m.Done);
                writer.Varint(m.Budget);
                break;
            case MailboxMessage.Leave m:
                writer.Byte(LeaveTag);
                writer.Text(m.User);
                Write(ref writer, m.Reader);
                writer.Varint(m.Since);
                writer.Varint(m.Done);
                break;
            default:
                throw Unknown(message);
        }
    }

    private static MailboxMessage ReadMessage(ref WireReader reader, byte[] bytes)
    {
        var tag = reader.Byte();
        var user = reader.Text();
        switch (tag)
        {
            case StoreTag:
                var (number, count, ended, more) = (reader.Varint(), Count(ref reader, bytes), ReadOptional(ref reader), reader.Byte() == 1);
                return new MailboxMessage.Store(user, number, count, ended, more, Memory(ref reader, bytes));
            case PullTag:
                return new MailboxMessage.Pull(
                    user, ReadReader(ref reader), reader.Varint(), reader.Byte() == 1, reader.Varint(), reader.Varint(), reader.Varint(),
                    reader.Int32());
            case LeaveTag:
                return new MailboxMessage.Leave(user, ReadReader(ref reader), reader.Varint(), reader.Varint());
            default:
                throw new FormatException($"message {tag} to a mailbox is unknown: a newer version speaks");
        }
    }

    private static void Write(ref WireWriter writer, MailboxAnswer answer)
    {
        switch (answer)
        {
            case MailboxAnswer.Stored m:
                writer.Byte(StoredTag);
                writer.Varint(m.Number);
                WriteFailures(ref writer, m.Failures);
                break;
            case MailboxAnswer.AllStored m:
                writer.Byte(AllStoredTag);
                writer.Varint(m.First);
                writer.Varint(m.Count);
                break;
            case MailboxAnswer.Online m:
                writer.Byte(OnlineTag);
                writer.Varint(m.Number);
                Write(ref writer, m.Reader);
                break;
            case MailboxAnswer.Later m:
                writer.Byte(LaterTag);
                writer.Varint(m.Number);
                break;
            case MailboxAnswer.Chunk m:
                writer.Byte(ChunkTag);
                writer.Varint(m.Connection);
                writer.Varint(m.Number);
                writer.Varint(m.Waiting);
                writer.Byte(m.IsDrained ? (byte)1 : (byte)0);
                writer.Blob(m.Messages.Span);
                break;
            case MailboxAnswer.Left m:
                writer.Byte(LeftTag);
                writer.Varint(m.Connection);
                writer.Varint(m.Done);
                break;
            default:
                throw Unknown(answer);
        }
    }

    private static MailboxAnswer ReadAnswer(ref WireReader reader, byte[] bytes) => reader.Byte() switch
    {
        StoredTag => new MailboxAnswer.Stored(reader.Varint(), ReadFailures(ref reader)),
        OnlineTag => new MailboxAnswer.Online(reader.Varint(), ReadReader(ref reader)),
        LaterTag => new MailboxAnswer.Later(reader.Varint()),
        ChunkTag => new MailboxAnswer.Chunk(reader.Varint(), reader.Varint(), reader.Varint(), reader.Byte() == 1, Memory(ref reader, bytes)),
        LeftTag => new MailboxAnswer.Left(reader.Varint(), reader.Varint()),
        AllStoredTag => new MailboxAnswer.AllStored(reader.Varint(), reader.Int32()),
        var tag => throw new FormatException($"answer {tag} of a mailbox is unknown: a newer version speaks"),
    };

    /// <summary>Writes the refused chats of a deposit.</summary>
    internal static void WriteFailures(ref WireWriter writer, IReadOnlyList<LinkFailure> failures)
    {
        writer.Varint(failures.Count);
        foreach (var failure in failures)
        {
            writer.Varint(failure.Number);
            writer.Byte((byte)failure.Code);
        }
    }

    /// <summary>Reads the refused chats of a deposit.</summary>
    internal static IReadOnlyList<LinkFailure> ReadFailures(ref WireReader reader)
    {
        var count = reader.Length();
        if (count == 0)
            return [];
        var failures = new LinkFailure[count];
        for (var i = 0; i < count; i++)
        {
            var position = reader.Varint();
            var code = reader.Byte();
            failures[i] = new LinkFailure(position, ErrorCodes.IsKnown(code) ? (ErrorCode)code : ErrorCode.Internal);
        }

        return failures;
    }

    /// <summary>The bytes of a text.</summary>
    internal static int TextSize(string text) => WireWriter.BlobSize(Encoding.UTF8.GetByteCount(text));

    /// <summary>The bytes of a reader.</summary>
    internal static int ReaderSize(ReaderId reader) => WireWriter.NodeSize(reader.Node) + WireWriter.VarintSize(reader.Connection);

    private static void Write(ref WireWriter writer, ReaderId reader)
    {
        writer.Node(reader.Node);
        writer.Varint(reader.Connection);
    }

    /// <summary>Writes a reader that may be missing.</summary>
    internal static void WriteOptional(ref WireWriter writer, ReaderId? reader)
    {
        writer.Byte(reader is null ? (byte)0 : (byte)1);
        if (reader is not null)
            Write(ref writer, reader);
    }

    private static ReaderId ReadReader(ref WireReader reader) => new(reader.Node(), reader.Varint());

    /// <summary>Reads a reader that may be missing.</summary>
    internal static ReaderId? ReadOptional(ref WireReader reader) => reader.Byte() == 1 ? ReadReader(ref reader) : null;

    private static ReadOnlyMemory<byte> Memory(ref WireReader reader, byte[] bytes)
    {
        var length = reader.Blob().Length;
        return bytes.AsMemory(reader.Position - length, length);
    }

    /// <summary>Reads a count. A count larger than the number of bytes is an error.</summary>
    private static int Count(ref WireReader reader, byte[] bytes) =>
        reader.Varint() is >= 0 and var count && count <= bytes.Length ? (int)count : throw new FormatException("a count is out of range");

    private static ArgumentException Unknown(object message) => new($"{message.GetType()} does not pass between processes");
}
