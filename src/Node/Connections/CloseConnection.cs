using ChatAkka.Protocol;

namespace ChatAkka.Node.Connections;

/// <summary>Tells a connection to send its client the reason, to write out everything that waits, and to close.</summary>
/// <param name="Reason">What the client is told.</param>
internal sealed record CloseConnection(ErrorCode Reason);
