using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Connections;

/// <summary>A session on this node: a user who is logged in, or whose login is in progress.</summary>
/// <remarks>Each login is an object of its own. Sessions are compared by reference, so a comparison asks for the same login, not for the same user or
/// connection.</remarks>
/// <param name="user">The user.</param>
/// <param name="connection">The connection.</param>
/// <param name="format">The format in which the user gets messages.</param>
/// <param name="acks">True if the user acknowledges messages. Then all messages come from the mailbox.</param>
/// <param name="arrived">When the login arrived, in milliseconds since 1970, UTC.</param>
internal sealed class LocalSession(UserName user, ClientConnection connection, DeliveryFormat format, bool acks = false, long arrived = 0)
{
    private SeenIds? _seen;
    private SessionGrant? _grant;

    /// <summary>The user.</summary>
    public UserName User => user;

    /// <summary>The connection.</summary>
    public ClientConnection Connection => connection;

    /// <summary>The format in which the user gets messages.</summary>
    public DeliveryFormat Format => format;

    /// <summary>True if the user acknowledges messages. Then all messages come from the mailbox.</summary>
    public bool Acks => acks;

    /// <summary>The delivery mode, in the form in which the registry keeps it.</summary>
    public string Mode => Acks ? SessionModes.Ack : SessionModes.Plain;

    /// <summary>When the session became the user's session, in milliseconds since 1970, UTC. Of two sessions the later one wins. Before the claim
    /// this is when the login arrived. After the claim it is the time in the registry, which is later than the time of every session that this one
    /// replaced.</summary>
    public long Since { get; set; } = arrived;

    /// <summary>The token by which the session is held; null if it is held by none. A renewal changes it.</summary>
    public SessionGrant? Grant
    {
        get => Volatile.Read(ref _grant);
        set => Volatile.Write(ref _grant, value);
    }

    /// <summary>Hands a message to the connection. Gives false if the connection is closing.</summary>
    public bool TryDeliver(in ChatView chat) => TryDeliver(chat, isKept: false);

    /// <summary>Hands a message of the mailbox to the connection. Gives false if the connection is closing.</summary>
    /// <param name="chat">The message.</param>
    /// <param name="number">The number of the message in the mailbox. A user who acknowledges is told it.</param>
    public bool TryDeliver(in ChatView chat, long number) => Acks
        ? Connection.Outbound.TryDeliver(Format, chat, number, isKept: true)
        : TryDeliver(chat, isKept: true);

    private bool TryDeliver(in ChatView chat, bool isKept)
    {
        if (chat.Id.IsEmpty)
            return Connection.Outbound.TryDeliver(Format, chat);
        var seen = Volatile.Read(ref _seen) ?? Interlocked.CompareExchange(ref _seen, new SeenIds(), null) ?? _seen!;

        // A chat that was sent again, with an id that this session was handed before, counts as delivered.
        if (!seen.Add(chat.Sender, chat.Id) || Connection.Outbound.TryDeliver(Format, chat, isKept: isKept))
            return true;
        seen.Remove(chat.Sender, chat.Id);
        return false;
    }
}
