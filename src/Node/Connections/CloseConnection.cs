using ChatAkka.Protocol;

namespace ChatAkka.Node.Connections;

/// <summary>Tells a connection to say why, write out what waits, and close.</summary>
/// <param name="Reason">What the client is told.</param>
internal sealed record CloseConnection(ErrorCode Reason);
