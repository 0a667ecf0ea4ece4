using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>A user logged in on this node.</summary>
/// <param name="User">The user.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Format">How the user wants messages.</param>
/// <param name="Acks">True where the user acknowledges messages: all come from the mailbox.</param>
internal sealed record LocalSession(UserName User, ClientConnection Connection, DeliveryFormat Format, bool Acks = false)
{
    private SeenIds? _seen;

    /// <summary>Delivery mode as it stands in the registry.</summary>
    public string Mode => Acks ? SessionModes.Ack : SessionModes.Plain;

    /// <summary>When the session was claimed, in milliseconds since 1970, UTC; whichever was claimed last wins.</summary>
    public long Since { get; set; }

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
