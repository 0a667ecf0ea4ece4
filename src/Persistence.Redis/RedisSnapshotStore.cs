using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Snapshot store on Redis, a Redis Cluster or the embedded store, with the data format of the package Akka.Persistence.Redis.</summary>
public sealed class RedisSnapshotStore : SnapshotStore
{
    private readonly RedisStore _store;
    private readonly SnapshotSerializer _serializer;
    private readonly SnapshotReader _snapshots;

    /// <summary>Called by Akka.Persistence.</summary>
    /// <param name="config">The section <c>akka.persistence.snapshot-store.redis</c>.</param>
    public RedisSnapshotStore(Config config)
    {
        _store = new RedisStore(Context.System, config);
        _serializer = new SnapshotSerializer((ExtendedActorSystem)Context.System);
        _snapshots = new SnapshotReader(_store, _serializer);
    }

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        return await _snapshots.LoadAsync(keys, persistenceId, criteria, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        var highest = await _store.Database.ScriptEvaluateAsync(
            PersistenceScripts.SaveSnapshot,
            [keys.Snapshots(metadata.PersistenceId), keys.Highest(metadata.PersistenceId)],
            [metadata.SequenceNr, _serializer.ToBinary(new SelectedSnapshot(metadata, snapshot))],
            RedisStore.PrimaryOnly).ConfigureAwait(false);
        if (!highest.IsNull)
            throw new StaleWriterException(metadata.PersistenceId, metadata.SequenceNr, (string)highest!);
    }

    /// <inheritdoc/>
    protected override async Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        var key = keys.Snapshots(metadata.PersistenceId);
        if (metadata.Timestamp == DateTime.MinValue)
            await _store.Database.SortedSetRemoveRangeByScoreAsync(key, metadata.SequenceNr, metadata.SequenceNr).ConfigureAwait(false);
        else
            await DeleteAsync(key, metadata.SequenceNr, metadata.SequenceNr, metadata.Timestamp).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        var key = keys.Snapshots(persistenceId);
        var max = RedisStore.Score(criteria.MaxSequenceNr);
        if (criteria.MaxTimeStamp == DateTime.MaxValue && criteria.MinTimestamp is null)
            await _store.Database.SortedSetRemoveRangeByScoreAsync(key, criteria.MinSequenceNr, max).ConfigureAwait(false);
        else
            await DeleteAsync(key, criteria.MinSequenceNr, max, criteria.MaxTimeStamp, criteria.MinTimestamp).ConfigureAwait(false);
    }

    private async Task DeleteAsync(RedisKey key, double from, double to, DateTime notNewerThan, DateTime? notOlderThan = null)
    {
        var members = await _store.Reads.SortedSetRangeByScoreAsync(key, from, to, flags: RedisStore.PrimaryOnly).ConfigureAwait(false);
        var old = members.Where(m => SnapshotSerializer.Read(m!).Timestamp is var time && time <= notNewerThan && (notOlderThan is not { } min || time >= min)).ToArray();
        if (old.Length > 0)
            await _store.Database.SortedSetRemoveAsync(key, old).ConfigureAwait(false);
    }
}
