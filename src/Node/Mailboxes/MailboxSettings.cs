using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Settings of mailboxes.</summary>
/// <param name="Enabled">If false, chats to offline users are answered with <c>recipient_offline</c>, and no client can acknowledge.</param>
/// <param name="MaxMessages">The most messages that wait in one mailbox.</param>
/// <param name="MaxBytes">The most bytes that wait in one mailbox.</param>
/// <param name="MaxAge">A message that has waited longer than this is deleted.</param>
/// <param name="DedupeIds">How many ids of each sender are remembered, so that a chat that is sent again is kept once.</param>
/// <param name="DedupeTotal">How many ids of all senders together are remembered. At the bound the oldest ids are forgotten.</param>
/// <param name="DedupeAge">An id is forgotten after this long.</param>
/// <param name="SnapshotEvery">After this many events a snapshot is saved, and the events are deleted.</param>
/// <param name="PassivateAfter">A mailbox that was not used for this long is removed from memory.</param>
/// <param name="Shards">Into how many shards the mailboxes are divided. It must be the same on every node, and must never change.</param>
/// <param name="StoreTimeout">A chat is answered with an error if no mailbox took it for this long.</param>
/// <param name="LoginPatience">A login waits this long for its mailbox. Then it is answered without the number of waiting messages.</param>
internal sealed record MailboxSettings(
    bool Enabled,
    int MaxMessages,
    int MaxBytes,
    TimeSpan MaxAge,
    int DedupeIds,
    int DedupeTotal,
    TimeSpan DedupeAge,
    int SnapshotEvery,
    TimeSpan PassivateAfter,
    int Shards,
    TimeSpan StoreTimeout,
    TimeSpan LoginPatience)
{
    /// <summary>Reads <c>chat.mailbox</c>.</summary>
    public static MailboxSettings Create(ConfigReader reader)
    {
        var second = TimeSpan.FromSeconds(1);
        var year = TimeSpan.FromDays(365);
        return new MailboxSettings(
            reader.Choice("chat.mailbox.enabled", "on", "off") == "on",
            reader.Int("chat.mailbox.max-messages", 1, 1_000_000),
            reader.Bytes("chat.mailbox.max-bytes", 64 * 1024, 1024 * 1024 * 1024),
            reader.Duration("chat.mailbox.max-age", second, year),
            reader.Int("chat.mailbox.dedupe-ids", 0, 100_000),
            reader.Int("chat.mailbox.dedupe-total", 0, 1_000_000),
            reader.Duration("chat.mailbox.dedupe-age", second, year),
            reader.Int("chat.mailbox.snapshot-every", 1, 100_000),
            reader.Duration("chat.mailbox.passivate-after", second, TimeSpan.FromHours(1)),
            reader.Int("chat.mailbox.shards", 1, 10_000),
            reader.Duration("chat.mailbox.store-timeout", second / 10, TimeSpan.FromMinutes(10)),
            reader.Duration("chat.mailbox.login-patience", second / 100, second * 10));
    }
}
