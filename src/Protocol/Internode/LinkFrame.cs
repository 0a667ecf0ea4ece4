namespace ChatAkka.Protocol.Internode;

/// <summary>One frame of the link from one node to another. The relay does not read the body, only the other fields.</summary>
/// <param name="Origin">The node that sends.</param>
/// <param name="Target">The node that receives the frame.</param>
/// <param name="Term">Term of the relay that forwarded it; 0 on the direct path, and on the way to the relay.</param>
/// <param name="Body">The encoded <see cref="LinkBody"/>. It is not changed after the frame was made.</param>
public sealed record LinkFrame(NodeId Origin, NodeId Target, long Term, ReadOnlyMemory<byte> Body) : InternodeMessage;
