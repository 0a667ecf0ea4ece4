using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>What a node tells the owner of one partition of the mailboxes in one message. An empty batch only asks for the owner's term.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Origin">The node that sends.</param>
/// <param name="Term">The term of the owner for which the deposits are numbered; 0 if the node knows none. An owner takes no deposit that is numbered for
/// another term.</param>
/// <param name="Settled">All deposits up to this number were answered. The owner forgets the answers.</param>
/// <param name="Messages">The messages, in order.</param>
public sealed record PartitionBatch(int Partition, NodeId Origin, long Term, long Settled, IReadOnlyList<MailboxMessage> Messages) : InternodeMessage;
