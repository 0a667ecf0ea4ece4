namespace ChatAkka.Protocol.Internode;

/// <summary>One frame of the link from one node to another. The relay reads the envelope only; the body is between the nodes.</summary>
/// <param name="Origin">Node that sends.</param>
/// <param name="Target">Node that the frame is for.</param>
/// <param name="Term">Term of the relay that forwarded it; 0 where it came directly, and on the way to the relay.</param>
/// <param name="Body">Encoded <see cref="LinkBody"/>; never changed after the frame was made.</param>
public sealed record LinkFrame(NodeId Origin, NodeId Target, long Term, ReadOnlyMemory<byte> Body) : InternodeMessage;
