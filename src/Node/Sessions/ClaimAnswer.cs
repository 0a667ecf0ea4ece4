using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>Tells a connection what became of its claim.</summary>
/// <param name="Error"><see cref="ErrorCode.None"/> if the session is claimed.</param>
/// <param name="ReadsMailbox">True if the mailbox has to be read first; then the login was not answered yet.</param>
internal sealed record ClaimAnswer(ErrorCode Error, bool ReadsMailbox = false);
