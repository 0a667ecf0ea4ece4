using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>What a line from the server is.</summary>
internal enum LineKind
{
    Other,

    /// <summary>The login is done. The number is that of the messages that wait.</summary>
    Ready,

    /// <summary>A chat; its content has a <see cref="Tag"/>.</summary>
    Message,

    /// <summary>The chat with this number was handed to its recipient.</summary>
    Delivered,

    /// <summary>The chat with this number is kept for its recipient.</summary>
    Stored,

    /// <summary>Something was refused. If that was a chat with a receipt, the number is its number.</summary>
    Error,

    /// <summary>The server asks for an answer that is in the reply.</summary>
    Question,
}

/// <summary>A line from the server.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">The number that it is about; see <see cref="LineKind"/>.</param>
internal readonly record struct WireLine(LineKind Kind, long Number = WireLine.NoNumber)
{
    /// <summary>Where a line has no number, and where a chat asks for no receipt.</summary>
    public const long NoNumber = -1;
}

/// <summary>A line protocol that can be measured, as one connection speaks it.</summary>
internal interface IWire
{
    /// <summary>Writes what a client says first.</summary>
    /// <param name="to">Where.</param>
    /// <param name="name">The user's name.</param>
    /// <param name="acks">True to acknowledge what comes.</param>
    void Login(Utf8Buffer to, string name, bool acks);

    /// <summary>Writes that all up to a chat are done with.</summary>
    /// <param name="to">Where.</param>
    /// <param name="line">The last chat's line.</param>
    void Acknowledge(Utf8Buffer to, ReadOnlySpan<byte> line);

    /// <summary>Writes a chat.</summary>
    /// <param name="to">Where.</param>
    /// <param name="recipient">Name of the recipient.</param>
    /// <param name="content">Its content.</param>
    /// <param name="number">The number that its receipt has, once for each connection; <see cref="WireLine.NoNumber"/>: it gets no receipt.</param>
    void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, long number);

    /// <summary>Says what a line is.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="reply">Where to write an answer.</param>
    WireLine Read(ReadOnlySpan<byte> line, Utf8Buffer reply);
}
