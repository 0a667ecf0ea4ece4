using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>Tells the registrar that a session ended, or that the connection of a login is gone.</summary>
/// <param name="Session">The session.</param>
internal sealed record ReleaseSession(LocalSession Session);
