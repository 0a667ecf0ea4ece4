using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Connections;

/// <summary>A user logged in on this node, or about to be.</summary>
/// <remarks>Each login is one object, and no two are the same whatever they say: who compares them asks for the same login.</remarks>
/// <param name="user">The user.</param>
/// <param name="connection">The connection.</param>
/// <param name="format">How the user wants messages.</param>
/// <param name="acks">True where the user acknowledges messages: all come from the mailbox.</param>
/// <param name="arrived">When the login arrived, in milliseconds since 1970, UTC.</param>
internal sealed class LocalSession(UserName user, ClientConnection connection, DeliveryFormat format, bool acks = false, long arrived = 0)
{
    private SeenIds? _seen;

    /// <summary>The user.</summary>
    public UserName User => user;

    /// <summary>The connection.</summary>
    public ClientConnection Connection => connection;

    /// <summary>How the user wants messages.</summary>
    public DeliveryFormat Format => format;

    /// <summary>True where the user acknowledges messages: all come from the mailbox.</summary>
    public bool Acks => acks;

    /// <summary>Delivery mode as it stands in the registry.</summary>
    public string Mode => Acks ? SessionModes.Ack : SessionModes.Plain;

    /// <summary>Since when the session is the user's, in milliseconds since 1970, UTC; of two the later wins. When the login arrived, and from the
    /// claim on what the registry says, which is later than every session that this one took the place of.</summary>
    public long Since { get; set; } = arrived;

    /// <summary>Hands a message to the connection; false where the connection is on its way out.</summary>
    public bool TryDeliver(in ChatView chat) => TryDeliver(chat, isKept: false);

    /// <summary>Hands a message of the mailbox to the connection; false where the connection is on its way out.</summary>
    /// <param name="chat">The message.</param>
    /// <param name="number">Its number in the mailbox, which a user who acknowledges is told.</param>
    public bool TryDeliver(in ChatView chat, long number) => Acks
        ? Connection.Outbound.TryDeliver(Format, chat, number, isKept: true)
        : TryDeliver(chat, isKept: true);

    private bool TryDeliver(in ChatView chat, bool isKept)
    {
        if (chat.Id.IsEmpty)
            return Connection.Outbound.TryDeliver(Format, chat);
        var seen = Volatile.Read(ref _seen) ?? Interlocked.CompareExchange(ref _seen, new SeenIds(), null) ?? _seen!;

        // One that was sent again with an id that this session got: it has it.
        if (!seen.Add(chat.Sender, chat.Id) || Connection.Outbound.TryDeliver(Format, chat, isKept: isKept))
            return true;
        seen.Remove(chat.Sender, chat.Id);
        return false;
    }
}
