using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Clients;

/// <summary>How long lines of a client may be, and how much is read at a time.</summary>
/// <param name="BeforeLogin">The maximum length of a line before the login, in bytes.</param>
/// <param name="AfterLogin">The same after the login.</param>
/// <param name="Reads">How much is read at a time.</param>
/// <param name="OffersEcho">True if the client's echo is switched off while a password is typed.</param>
internal sealed record LineBounds(int BeforeLogin, int AfterLogin, ReadSize Reads, bool OffersEcho);
