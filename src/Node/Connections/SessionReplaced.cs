using ChatAkka.Protocol;

namespace ChatAkka.Node.Connections;

/// <summary>Tells a connection that a user logged in on another connection. The connection closes if its session is of this user.</summary>
/// <param name="User">The user.</param>
internal sealed record SessionReplaced(UserName User);
