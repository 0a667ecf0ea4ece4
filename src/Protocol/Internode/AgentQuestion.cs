namespace ChatAkka.Protocol.Internode;

/// <summary>Asks a member's agent for something that operators want to know or have done. Few, and never on a chat's way.</summary>
/// <param name="Kind">What is asked; a member that does not know it says so.</param>
/// <param name="Body">The question's own parts, as JSON.</param>
public sealed record AgentQuestion(string Kind, ReadOnlyMemory<byte> Body) : InternodeMessage;
