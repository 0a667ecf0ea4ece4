using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Sessions;

/// <summary>A user logged in on this node.</summary>
/// <param name="User">The user.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Format">How the user wants messages.</param>
internal sealed record LocalSession(UserName User, ClientConnection Connection, DeliveryFormat Format)
{
    /// <summary>When the session was claimed, in milliseconds since 1970, UTC; whichever was claimed last wins.</summary>
    public long Since { get; set; }

    /// <summary>Hands a message to the connection; false where the connection is on its way out.</summary>
    public bool TryDeliver(in ChatView chat) => Connection.Outbound.TryDeliver(Format, chat);
}
