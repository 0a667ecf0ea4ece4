using ChatAkka.Node.Accounts;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Logins;

/// <summary>What a node with accounts has for them.</summary>
/// <param name="Accounts">The accounts.</param>
/// <param name="Passwords">Hashes passwords.</param>
/// <param name="Delays">Makes logins wait after failures.</param>
/// <param name="Changes">Where it is kept that the sessions of an account must end.</param>
internal sealed record AccountServices(IAccounts Accounts, PasswordWork Passwords, FailureDelays Delays, ITokenRevocations Changes);
