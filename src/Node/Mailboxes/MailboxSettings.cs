using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Settings of mailboxes.</summary>
/// <param name="Enabled">If false, chats to offline users are answered with <c>recipient_offline</c>, and no client can acknowledge.</param>
/// <param name="MaxMessages">The most messages that wait in one mailbox.</param>
/// <param name="MaxBytes">The most bytes that wait in one mailbox.</param>
/// <param name="SenderShare">The most of both that one sender may take, in percent.</param>
/// <param name="MaxAge">A message that has waited longer than this is deleted.</param>
/// <param name="DedupeIds">How many ids each of the 64 groups of senders of a partition remembers, so that a chat that is sent again is stored once.</param>
/// <param name="DedupeAge">An id is forgotten after this long.</param>
/// <param name="Partitions">Into how many partitions the users are divided. It must be the same on every node, and must never change.</param>
/// <param name="PartitionMaxMessages">The most messages that wait in all mailboxes of a partition.</param>
/// <param name="Cache">The most bytes of events that a partition keeps in memory, so that messages are read without Redis.</param>
/// <param name="StoreTimeout">A chat is answered with an error if no mailbox took it for this long.</param>
/// <param name="LoginPatience">A login waits this long for its mailbox. Then it is answered without the number of waiting messages.</param>
internal sealed record MailboxSettings(
    bool Enabled,
    int MaxMessages,
    int MaxBytes,
    int SenderShare,
    TimeSpan MaxAge,
    int DedupeIds,
    TimeSpan DedupeAge,
    int Partitions,
    int PartitionMaxMessages,
    int Cache,
    TimeSpan StoreTimeout,
    TimeSpan LoginPatience)
{
    /// <summary>Of how many nodes a partition remembers which deposits it took. A node that started again counts as another one.</summary>
    public int MaxOrigins { get; init; } = 256;

    /// <summary>Chats that a session did not read come first. If no more of them come, the chats of other senders wait at most this long.</summary>
    public TimeSpan UnreadFirstLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Reads <c>chat.mailbox</c>.</summary>
    public static MailboxSettings Create(ConfigReader reader)
    {
        var second = TimeSpan.FromSeconds(1);
        var year = TimeSpan.FromDays(365);
        return new MailboxSettings(
            reader.Choice("chat.mailbox.enabled", "on", "off") == "on",
            reader.Int("chat.mailbox.max-messages", 1, 1_000_000),
            reader.Bytes("chat.mailbox.max-bytes", 64 * 1024, 1024 * 1024 * 1024),
            reader.Int("chat.mailbox.sender-share", 1, 100),
            reader.Duration("chat.mailbox.max-age", second, year),
            reader.Int("chat.mailbox.dedupe-ids", 0, 100_000),
            reader.Duration("chat.mailbox.dedupe-age", second, year),
            reader.Int("chat.mailbox.partitions", 1, 1_000),
            reader.Int("chat.mailbox.partition-max-messages", 1, 10_000_000),
            reader.Bytes("chat.mailbox.cache", 64 * 1024, 1024 * 1024 * 1024),
            reader.Duration("chat.mailbox.store-timeout", second / 10, TimeSpan.FromMinutes(10)),
            reader.Duration("chat.mailbox.login-patience", second / 100, second * 10));
    }
}
