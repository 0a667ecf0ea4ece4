using Akka.Persistence;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Reads the snapshots of entities.</summary>
/// <param name="store">The store.</param>
/// <param name="serializer">The serializer of snapshots.</param>
internal sealed class SnapshotReader(RedisStore store, SnapshotSerializer serializer)
{
    private const int LoadPage = 4;

    /// <summary>Gives the newest snapshot within bounds: the one with the highest number, and of those with the same number the one that was saved last.</summary>
    public async Task<SelectedSnapshot?> LoadAsync(PersistenceKeys keys, string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken stop)
    {
        SnapshotMessage? best = null;
        for (var skip = 0; ; skip += LoadPage)
        {
            var page = await store.Reads.SortedSetRangeByScoreWithScoresAsync(
                keys.Snapshots(persistenceId),
                criteria.MinSequenceNr,
                RedisStore.Score(criteria.MaxSequenceNr),
                order: Order.Descending,
                skip: skip,
                take: LoadPage,
                flags: RedisStore.PrimaryOnly).WaitAsync(stop).ConfigureAwait(false);
            foreach (var entry in page)
            {
                if (best is not null && entry.Score < best.SequenceNr)
                    return serializer.Decode(best);
                var snapshot = SnapshotSerializer.Read(entry.Element!);
                if (snapshot.Timestamp <= criteria.MaxTimeStamp
                    && (criteria.MinTimestamp is not { } min || snapshot.Timestamp >= min)
                    && (best is null || snapshot.Timestamp > best.Timestamp))
                    best = snapshot;
            }

            if (page.Length < LoadPage)
                return best is null ? null : serializer.Decode(best);
        }
    }
}
