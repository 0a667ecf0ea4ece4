namespace ChatAkka.Node.Mailboxes;

/// <summary>Reads and deletes single events of a partition's log, beside what Akka.Persistence does.</summary>
internal interface IPartitionLog
{
    /// <summary>Reads events.</summary>
    /// <param name="persistenceId">The log.</param>
    /// <param name="sequenceNrs">The events' numbers.</param>
    /// <returns>The bytes of the events that the store has and that can be read.</returns>
    Task<IReadOnlyDictionary<long, byte[]>> ReadAsync(string persistenceId, IReadOnlyList<long> sequenceNrs);

    /// <summary>Deletes events that a snapshot stands for. It is called when no write is under way.</summary>
    /// <param name="persistenceId">The log.</param>
    /// <param name="ranges">The first and the last number of each range.</param>
    /// <param name="highest">The number of the last event that the owner has written.</param>
    /// <returns>False if another owner has written since: then nothing is deleted.</returns>
    Task<bool> DeleteAsync(string persistenceId, IReadOnlyList<(long From, long To)> ranges, long highest);

    /// <summary>Gives the mailboxes of the former form, one for each user, that belong to a partition.</summary>
    IAsyncEnumerable<FormerMailbox> FindFormerAsync(int partition);

    /// <summary>Deletes a mailbox of the former form.</summary>
    Task ForgetFormerAsync(FormerMailbox mailbox);
}
