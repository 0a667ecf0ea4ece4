using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>What the owner of a partition of the mailboxes answers a node in one message.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Term">The owner's term. Each owner of a partition has a higher one than all owners before it.</param>
/// <param name="Taken">Only if the node named another term: number of the last deposit of the node that is stored or refused for good. The node numbers those
/// after it again for this term, and sends them again. Otherwise null.</param>
/// <param name="Answers">The answers, in order.</param>
public sealed record PartitionAnswer(int Partition, long Term, long? Taken, IReadOnlyList<MailboxAnswer> Answers) : InternodeMessage;
