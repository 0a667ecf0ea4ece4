namespace ChatAkka.Protocol.Internode;

/// <summary>An operator's question or order to a member's agent. Such messages are rare, and no chat waits for them.</summary>
/// <param name="Kind">The kind of question, see <see cref="Operators.AgentKinds"/>. A member that does not know the kind answers with an error.</param>
/// <param name="Body">The parameters of the question, as JSON.</param>
public sealed record AgentQuestion(string Kind, ReadOnlyMemory<byte> Body) : InternodeMessage;
