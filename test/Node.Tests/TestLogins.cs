using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Tests;

/// <summary>Logins without a connection actor.</summary>
internal static class TestLogins
{
    /// <summary>A login of a user on a new connection.</summary>
    public static Login Login(UserName user, long connection)
    {
        var client = new ClientConnection(connection, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, TimeProvider.System);
        return Login(new LocalSession(user, client, DeliveryFormat.Text));
    }

    /// <summary>The login of a session.</summary>
    public static Login Login(LocalSession session) => new(session, Answer(session));

    /// <summary>The answer to the login of a session, which was JSON, on a node that clients reach at <c>n:1</c>.</summary>
    public static LoginAnswer Answer(LocalSession session) => new(session, session.User, isJson: true, "n:1", new NodeCounters(), TimeProvider.System);
}
