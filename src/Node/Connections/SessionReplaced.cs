using ChatAkka.Protocol;

namespace ChatAkka.Node.Connections;

/// <summary>Tells a connection that a user logged in elsewhere; it closes where the user is its own.</summary>
/// <param name="User">The user.</param>
internal sealed record SessionReplaced(UserName User);
