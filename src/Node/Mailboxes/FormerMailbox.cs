using ChatAkka.Protocol;

namespace ChatAkka.Node.Mailboxes;

/// <summary>A mailbox in the form that was used before there were partitions: a persistent actor for each user.</summary>
/// <param name="PersistenceId">Its persistence id.</param>
/// <param name="User">Its owner.</param>
/// <param name="Highest">The sequence number of its last event; null if the store knows none.</param>
/// <param name="Messages">The messages that wait, lowest number first, in the layout of <see cref="Protocol.Internode.LinkEntry"/>.</param>
/// <param name="Ids">The chats that it remembered and that do not wait, oldest first. One that waits is known by its message.</param>
internal sealed record FormerMailbox(
    string PersistenceId, UserName User, long? Highest, IReadOnlyList<(long Number, byte[] Entry)> Messages, IReadOnlyList<FormerId> Ids);
