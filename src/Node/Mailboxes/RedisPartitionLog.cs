using Akka.Event;
using ChatAkka.Persistence.Redis;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The logs of partitions in Redis.</summary>
/// <param name="events">The events of the journal.</param>
/// <param name="store">Has the marks of mailboxes of the former form.</param>
/// <param name="partitions">Number of partitions.</param>
/// <param name="log">Where damage is told.</param>
internal sealed class RedisPartitionLog(RedisEventLog events, IMailboxStore store, int partitions, ILoggingAdapter log) : IPartitionLog
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<long, byte[]>> ReadAsync(string persistenceId, IReadOnlyList<long> sequenceNrs)
    {
        var result = await events.ReadAsync(persistenceId, sequenceNrs).ConfigureAwait(false);
        foreach (var damaged in result.Unreadable)
            log.Error("Event {0} of the log {1} cannot be read. Messages that it holds are lost; all other messages are not affected: {2}", damaged.SequenceNr, persistenceId, damaged.Reason.Message);
        return result.Events.Where(e => e.Payload is PartitionEvent).ToDictionary(e => e.SequenceNr, e => ((PartitionEvent)e.Payload).Bytes);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string persistenceId, IReadOnlyList<(long From, long To)> ranges, long highest) =>
        events.DeleteAsync(persistenceId, ranges, highest);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FormerMailbox> FindFormerAsync(int partition)
    {
        await foreach (var id in events.FindAsync(FormerMailboxReader.IdPrefix).ConfigureAwait(false))
        {
            if (FormerMailboxReader.OwnerOf(id) is not { } user || Partitions.Of(user.Text, partitions) != partition)
                continue;
            var found = await events.RecoverAsync(id).ConfigureAwait(false);
            yield return FormerMailboxReader.Read(
                id, user, found.Highest, (byte[]?)found.Snapshot?.Snapshot, found.Events.Select(e => (MailboxEvent)e.Payload));
        }
    }

    /// <inheritdoc/>
    public async Task ForgetFormerAsync(FormerMailbox mailbox)
    {
        if (!await events.ForgetAsync(mailbox.PersistenceId, mailbox.Highest).ConfigureAwait(false))
            throw new InvalidOperationException($"a node of an older version has written to {mailbox.PersistenceId} while that mailbox was copied into the log of its partition: stop all nodes of older versions");
        await store.ForgetMarkAsync(mailbox.User).ConfigureAwait(false);
    }
}
