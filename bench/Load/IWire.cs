using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>What a line from the server is.</summary>
internal enum LineKind
{
    Other,

    /// <summary>The login is done.</summary>
    Ready,

    /// <summary>A chat; its content has a <see cref="Tag"/>.</summary>
    Message,

    /// <summary>A chat with an id was delivered, or is kept.</summary>
    Receipt,

    /// <summary>Something was refused.</summary>
    Error,

    /// <summary>The server asks for an answer that is in the reply.</summary>
    Question,
}

/// <summary>A line protocol that can be measured.</summary>
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
    /// <param name="wantsReceipt">True to give it an id.</param>
    void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, bool wantsReceipt);

    /// <summary>Says what a line is.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="reply">Where to write an answer.</param>
    LineKind Read(ReadOnlySpan<byte> line, Utf8Buffer reply);
}
