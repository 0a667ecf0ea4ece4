using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>Reads the messages of a <see cref="MailboxAnswer.Chunk"/> one after the other.</summary>
/// <remarks>Layout: for each message the distance from the number before it (varint; for the first message from 0), then the message in the layout of
/// <see cref="LinkEntry"/> after its length. Numbers grow, and may have gaps.</remarks>
/// <param name="messages">The messages.</param>
public ref struct NumberedEntryReader(ReadOnlySpan<byte> messages)
{
    private WireReader _reader = new(messages);
    private long _number;

    /// <summary>The most bytes that number and length of a message take.</summary>
    public const int MaxOverhead = 15;

    /// <summary>Writes a message, and gives the bytes that it took.</summary>
    /// <param name="to">The space; at least <see cref="MaxOverhead"/> bytes more than the entry.</param>
    /// <param name="before">The number of the message before; 0 for the first.</param>
    /// <param name="number">The number of this message.</param>
    /// <param name="entry">The message.</param>
    public static int Write(Span<byte> to, long before, long number, ReadOnlySpan<byte> entry)
    {
        var writer = new WireWriter(to);
        writer.Varint(number - before);
        writer.Blob(entry);
        return writer.Position;
    }

    /// <summary>Gives the next message; false if there are no more.</summary>
    /// <exception cref="FormatException">The bytes are not messages.</exception>
    public bool TryRead(out long number, out ReadOnlySpan<byte> entry)
    {
        if (_reader.AtEnd)
        {
            number = 0;
            entry = default;
            return false;
        }

        number = _number += _reader.Varint();
        entry = _reader.Blob();
        return true;
    }
}
