using ChatAkka.Protocol.Client;

namespace ChatAkka.Protocol.Internode;

/// <summary>The byte layout of an entry of a link. Only this class writes and reads it.</summary>
/// <remarks>
/// <code>
/// kind:u8, then
/// chat     flags:u8 (bit 0 typed, bit 1 first)  attempt:u8  origin:varint  time:i64  send:blob  recv:blob  id:blob  content:blob
/// replaced connection:varint  user:blob
/// </code>
/// blob = varint length, bytes. In a frame each entry comes after its own length, so that an older node can skip a kind of
/// entry that it does not know.
/// </remarks>
public static class LinkEntry
{
    private const byte TypedFlag = 1;
    private const byte FirstFlag = 2;

    /// <summary>The size of <paramref name="chat"/> as an entry, in bytes.</summary>
    public static int SizeOf(in ChatView chat) => 3 + WireWriter.VarintSize(chat.Origin) + 8 + WireWriter.BlobSize(chat.Sender.Length)
        + WireWriter.BlobSize(chat.Recipient.Length) + WireWriter.BlobSize(chat.Id.Length) + WireWriter.BlobSize(chat.Content.Length);

    /// <summary>Writes a chat into exactly <see cref="SizeOf(in ChatView)"/> bytes.</summary>
    /// <param name="to">The space that the entry is written to.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="isFirst">The value of <see cref="ChatView.IsFirst"/> when the entry is read.</param>
    public static void Write(Span<byte> to, in ChatView chat, bool isFirst = false)
    {
        var writer = new WireWriter(to);
        writer.Byte((byte)LinkEntryKind.Chat);
        writer.Byte((byte)((chat.IsTyped ? TypedFlag : 0) | (isFirst ? FirstFlag : 0)));
        writer.Byte(chat.Attempt);
        writer.Varint(chat.Origin);
        writer.Int64(chat.Time);
        writer.Blob(chat.Sender);
        writer.Blob(chat.Recipient);
        writer.Blob(chat.Id);
        writer.Blob(chat.Content);
    }

    /// <summary>Appends the length of a chat and then the chat, without its origin. So nobody gets an answer for this copy of the chat.</summary>
    public static void Append(Utf8Buffer to, in ChatView chat)
    {
        var copy = new ChatView
        {
            Origin = 0,
            Time = chat.Time,
            IsTyped = chat.IsTyped,
            Attempt = 0,
            Sender = chat.Sender,
            Recipient = chat.Recipient,
            Id = chat.Id,
            Content = chat.Content,
        };
        var size = SizeOf(copy);
        var prefix = LinkEntryReader.PrefixSize(size);
        var space = to.Reserve(prefix + size);
        LinkEntryReader.WritePrefix(space, size);
        Write(space.Slice(prefix, size), copy);
        to.Advance(prefix + size);
    }

    /// <summary>Makes the entry that tells a node that its session of <paramref name="user"/> on <paramref name="connection"/> was replaced.</summary>
    public static byte[] Replaced(UserName user, long connection)
    {
        var bytes = new byte[1 + WireWriter.VarintSize(connection) + WireWriter.BlobSize(user.Utf8.Length)];
        var writer = new WireWriter(bytes);
        writer.Byte((byte)LinkEntryKind.Replaced);
        writer.Varint(connection);
        writer.Blob(user.Utf8);
        return bytes;
    }

    /// <summary>Gives the kind of an entry. It may be a number that this version does not know.</summary>
    public static LinkEntryKind KindOf(ReadOnlySpan<byte> entry) => entry.IsEmpty
        ? throw new FormatException("an empty entry")
        : (LinkEntryKind)entry[0];

    /// <summary>Reads a chat. Its spans point into <paramref name="entry"/>.</summary>
    /// <exception cref="FormatException">The bytes are no chat entry.</exception>
    public static ChatView ReadChat(ReadOnlySpan<byte> entry)
    {
        var reader = new WireReader(entry);
        reader.Byte();
        var flags = reader.Byte();
        return new ChatView
        {
            IsTyped = (flags & TypedFlag) != 0,
            IsFirst = (flags & FirstFlag) != 0,
            Attempt = reader.Byte(),
            Origin = reader.Varint(),
            Time = reader.Int64(),
            Sender = reader.Blob(),
            Recipient = reader.Blob(),
            Id = reader.Blob(),
            Content = reader.Blob(),
        };
    }

    /// <summary>Reads the notice that a session was replaced.</summary>
    /// <exception cref="FormatException">The bytes are no such entry.</exception>
    public static (long Connection, UserName User) ReadReplaced(ReadOnlySpan<byte> entry)
    {
        var reader = new WireReader(entry);
        reader.Byte();
        var connection = reader.Varint();
        return (connection, UserName.TryCreate(reader.Blob()) ?? throw new FormatException("no user name"));
    }
}
