using System.Globalization;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Reports the sessions of this node and the places of users, and ends sessions.</summary>
/// <param name="self">This node.</param>
/// <param name="connections">The open connections.</param>
/// <param name="routes">The routes to recipients.</param>
internal sealed class SessionList(NodeId self, ConnectionTable connections, RouteTable routes)
{
    /// <summary>Maximum size of an answer. It is below the limit of a message between members (akka.remote.socket-tcp.maximum-frame-size).</summary>
    private const int MostBytes = 96 * 1024;

    /// <summary>Lists the sessions, as many as fit into one answer.</summary>
    /// <param name="after">Only users after this name, in ordinal order; empty: all users.</param>
    public SessionsReport List(string after)
    {
        var all = connections.All.Where(c => c.IsLoggedIn).Select(Report).OfType<SessionReport>()
            .Where(s => string.CompareOrdinal(s.User, after) > 0).OrderBy(s => s.User, StringComparer.Ordinal).ToList();
        var (count, bytes) = (0, 0);
        while (count < all.Count && (bytes += AgentJson.Write(all[count]).Length + 1) <= MostBytes)
            count++;
        return new SessionsReport(all.GetRange(0, count), all.Count - count);
    }

    /// <summary>Gives the place of a user, as this node knows it.</summary>
    public PlaceReport FindPlace(UserName user)
    {
        var session = FindConnection(user) is { } connection ? Report(connection) : null;
        return routes.Find(user) is { } route
            ? new PlaceReport(route.Place.Text, route.State, route.CountChats(), session)
            : new PlaceReport("", "", 0, session);
    }

    /// <summary>Ends the session of a user: its client is told so, and its connection is closed.</summary>
    /// <param name="user">The user.</param>
    /// <param name="connection">The connection that is closed; 0 if the user has no session on this node.</param>
    public DoneReport Kick(UserName user, out long connection)
    {
        connection = 0;
        if (FindConnection(user) is not { } found)
            return new DoneReport(false, $"{user.Text} is not logged in on {self.Address} any more");
        connection = found.Id;
        found.Actor.Tell(new CloseConnection(ErrorCode.Kicked));
        return new DoneReport(true, $"connection {found.Id.ToString(CultureInfo.InvariantCulture)} is closed");
    }

    private ClientConnection? FindConnection(UserName user) =>
        connections.All.FirstOrDefault(c => c.IsLoggedIn && c.Session is { } s && s.User.Equals(user));

    private SessionReport? Report(ClientConnection connection) =>
        connection.Session is not { } session ? null : new SessionReport(
            session.User.Text,
            connection.Id,
            session.Since,
            session.Mode,
            Math.Max(0, (long)connection.IdleTime.TotalMilliseconds),
            routes.FindLocal(session.User) == session,
            connection.Outbound.Waiting);
}
