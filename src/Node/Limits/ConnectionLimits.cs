namespace ChatAkka.Node.Limits;

/// <summary>What one connection may do. A rate that is null is no limit.</summary>
/// <param name="Lines">Lines that are handled. Beyond it reading pauses.</param>
/// <param name="Bytes">Bytes that are read. Beyond it reading pauses.</param>
/// <param name="Chats">Chats that are taken. Beyond it reading pauses.</param>
/// <param name="Errors">Lines that are answered with an error. Beyond it the connection is closed.</param>
/// <param name="NewRecipients">Recipients who are away and to whom the connection sent nothing lately. Beyond it a chat to one more is refused.</param>
/// <param name="Stored">Chats that go into mailboxes. Beyond it a chat is refused.</param>
/// <param name="MaxLineBeforeLogin">The maximum length of a line before the login, in bytes.</param>
internal sealed record ConnectionLimits(Rate? Lines, Rate? Bytes, Rate? Chats, Rate? Errors, Rate? NewRecipients, Rate? Stored, int MaxLineBeforeLogin)
{
    /// <summary>A pause in reading is at least this long: waking a connection for every line would cost more than the line.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    /// <summary>How many of the recipients to whom it sent last a connection remembers. The others are new recipients again.</summary>
    public const int MostRemembered = 1024;

    /// <summary>No limit at all.</summary>
    public static ConnectionLimits None { get; } = new(null, null, null, null, null, null, int.MaxValue);
}
