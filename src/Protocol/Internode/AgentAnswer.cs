namespace ChatAkka.Protocol.Internode;

/// <summary>Answers an <see cref="AgentQuestion"/>.</summary>
/// <param name="Error">Why there is no answer; empty if there is one.</param>
/// <param name="Body">The answer, as JSON.</param>
public sealed record AgentAnswer(string Error, ReadOnlyMemory<byte> Body) : InternodeMessage;
