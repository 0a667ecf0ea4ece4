using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Mailboxes;

/// <summary>What the owner of a partition of the mailboxes answers a node in one message.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Term">The owner's term. Each owner of a partition has a higher one than all owners before it.</param>
/// <param name="Taken">Number of the last deposit of the node that the owner has stored or answered. If the node numbered its deposits for another term, it
/// numbers those after this one again, and sends them again.</param>
/// <param name="Answers">The answers, in order.</param>
public sealed record PartitionAnswer(int Partition, long Term, long Taken, IReadOnlyList<MailboxAnswer> Answers) : InternodeMessage;
