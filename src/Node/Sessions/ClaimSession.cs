using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Sessions;

/// <summary>Asks the registrar to claim a session for a login. The connection's actor gets a <see cref="ClaimAnswer"/>.</summary>
/// <param name="Session">The session as it will be.</param>
/// <param name="Welcome">The answer to the login. The registrar writes it before anything is delivered, if the mailbox is not read first.</param>
internal sealed record ClaimSession(LocalSession Session, byte[] Welcome);
