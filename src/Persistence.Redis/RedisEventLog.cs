using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Reads and deletes single events in the journal on Redis, beside the recovery and the deletion that Akka.Persistence knows.</summary>
/// <remarks>
/// It uses the section <c>akka.persistence.journal.redis</c>: the journal's connections, keys and serializer. It expects the snapshots at the same server under
/// the same prefix. Everything is read from the primary. Event adapters are not applied. What it reads may be not yet confirmed
/// (<see cref="Receipts"/>), and deletions do not wait for a confirmation. Safe to call from any thread. Nothing is repeated: if Redis does not answer, a call
/// fails with a <see cref="RedisException"/> or a <see cref="RedisNotReachedException"/>, within the time limits of the connections.
/// </remarks>
public sealed class RedisEventLog : IExtension
{
    private const string Section = "akka.persistence.journal.redis";

    /// <summary>The maximum number of ranges that one script deletes.</summary>
    private const int DeletePage = 256;

    private readonly RedisStore _store;
    private readonly EventReader _events;
    private readonly SnapshotReader _snapshots;
    private readonly EntityScan _scan;

    private RedisEventLog(ExtendedActorSystem system)
    {
        var section = system.Settings.Config.GetConfig(Section) ?? throw new ConfigurationException($"there is no section {Section}");
        _store = RedisStore.WithoutReceipts(system, section);
        _events = new EventReader(_store, system);
        _snapshots = new SnapshotReader(_store, new SnapshotSerializer(system));
        _scan = new EntityScan(_store, TimeProvider.System);
    }

    /// <summary>Gives the event log of an actor system.</summary>
    /// <exception cref="ConfigurationException">The section of the journal is missing or wrong.</exception>
    public static RedisEventLog Get(ActorSystem system) => system.WithExtension<RedisEventLog, Provider>();

    /// <summary>Reads the events with certain numbers.</summary>
    /// <remarks>Up to 128 numbers are one round trip; more are read in several ones, one after the other, so that each stays within the time limit of
    /// replies (four seconds, if the connection string does not say more). They use the connection for large replies, so no write waits for them.</remarks>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="sequenceNumbers">The numbers, in any order.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The events that exist, in order. An event that cannot be decoded does not hide the others: it is named beside them.</returns>
    public async Task<EventReadResult> ReadAsync(string persistenceId, IReadOnlyList<long> sequenceNumbers, CancellationToken stop = default)
    {
        if (sequenceNumbers.Count == 0)
            return new EventReadResult([], []);
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);
        return await _events.ReadAsync(keys, persistenceId, sequenceNumbers, stop).ConfigureAwait(false);
    }

    /// <summary>Deletes ranges of events, if no other instance of the entity has written.</summary>
    /// <remarks>
    /// <para>An instance may be suspended and go on after another one has taken its place. What it holds for finished is then finished for the other one as
    /// well, if it knows it from events that are stored: the other one has recovered these events. This does not hold if the store has lost events and
    /// the other one has used their numbers again. So the script compares, as the script of a write does: it deletes only if the highest number in the store
    /// is exactly <paramref name="highest"/>. It is as strong as the comparison of a write and not stronger: if the store lost events and the other
    /// instance has by chance reached the same number, it does not see the difference.</para>
    /// <para>Commands of an actor system for one entity reach Redis in the order in which they are given to the connection. Call it when no write of the entity is under
    /// way (for example in the handler of <c>Persist</c>, or before the next <c>Persist</c>): a write that is given later comes later, and need not wait. If a write
    /// overtakes the deletion, nothing is deleted, and the caller tries again at another time.</para>
    /// <para>A recovery reads the newest snapshot and all events after it. So only events up to the number of the newest snapshot can be deleted.</para>
    /// <para>The highest number never changes. Numbers that do not exist are no error, so the same deletion may be repeated. After a failover to
    /// a replica that lacks the deletion, the events are there again.</para>
    /// </remarks>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="ranges">The ranges, with their first and last numbers, in any order. Every 256 ranges are one script, and each script runs whole.</param>
    /// <param name="highest">The number of the last event that the calling instance has written or recovered.</param>
    /// <param name="stop">Ends the wait, but not the deletion.</param>
    /// <returns>True if all ranges are deleted. False if another instance has written, or the store came back empty: then nothing is deleted. (Of more than one script,
    /// the first ones may have deleted.)</returns>
    /// <exception cref="InvalidOperationException">There is no snapshot of the events of a range, so they are needed. Nothing of that script is
    /// deleted.</exception>
    public async Task<bool> DeleteAsync(
        string persistenceId, IReadOnlyList<(long From, long To)> ranges, long highest, CancellationToken stop = default)
    {
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);
        RedisKey[] all = [keys.Events(persistenceId), keys.Highest(persistenceId), keys.Snapshots(persistenceId)];
        var scripts = ranges.Chunk(DeletePage)
            .Select(page => _store.Database.ScriptEvaluateAsync(PersistenceScripts.DeleteEvents, all, Arguments(page, highest), RedisStore.PrimaryOnly))
            .ToArray();
        var results = await Task.WhenAll(scripts).WaitAsync(stop).ConfigureAwait(false);
        return Array.Exists(results, r => (int)r == PersistenceScripts.Needed)
            ? throw new InvalidOperationException($"events of {persistenceId} were to be deleted that are in no snapshot")
            : Array.TrueForAll(results, r => (int)r == PersistenceScripts.Done);
    }

    /// <summary>Gives the highest sequence number that was ever written; null if the store knows none, because the entity is new or the store came back
    /// empty.</summary>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<long?> HighestAsync(string persistenceId, CancellationToken stop = default)
    {
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);
        return await _events.HighestAsync(keys, persistenceId, stop).ConfigureAwait(false);
    }

    /// <summary>Finds the entities that have events, snapshots or a highest number.</summary>
    /// <remarks>All keys of all primaries are looked at twice, page by page and with pauses, only as fast as the caller takes the results. An entity may come more
    /// than once, also if it was forgotten meanwhile. One that exists all the time comes at least once, if no slots of a Redis Cluster move meanwhile.</remarks>
    /// <param name="prefix">What the persistence ids begin with.</param>
    /// <param name="stop">Ends the search.</param>
    /// <exception cref="RedisException">A primary is not connected or does not answer. The search is not complete and has to be repeated.</exception>
    public async IAsyncEnumerable<string> FindAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);
        await foreach (var id in _scan.FindAsync(keys, prefix, stop).ConfigureAwait(false))
            yield return id;
    }

    /// <summary>Reads the newest snapshot and all events after it, as a recovery does.</summary>
    /// <remarks>The events are read in pages and are all in memory at the end. An event or a snapshot that cannot be decoded ends the call with an
    /// exception, as it ends a recovery.</remarks>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The entity saved a snapshot meanwhile and deleted events. It has to be read again.</exception>
    public async Task<RecoveredEntity> RecoverAsync(string persistenceId, CancellationToken stop = default)
    {
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);

        // First, so that ForgetAsync with this number refuses if something is written after it.
        var highest = await _events.HighestAsync(keys, persistenceId, stop).ConfigureAwait(false);
        var snapshot = await _snapshots.LoadAsync(keys, persistenceId, SnapshotSelectionCriteria.Latest, stop).ConfigureAwait(false);
        List<IPersistentRepresentation> events = [];
        await _events.ReplayAsync(
            keys, persistenceId, (snapshot?.Metadata.SequenceNr ?? 0) + 1, highest ?? 0, long.MaxValue, events.Add, stop).ConfigureAwait(false);
        return new RecoveredEntity(snapshot, events, highest);
    }

    /// <summary>Deletes everything of an entity: events, snapshots and the highest number, in one script.</summary>
    /// <remarks>After it the store does not know the entity. An instance of it that is still in memory can write again, as after a store that came back
    /// empty: the caller must know that there is none.</remarks>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="highest">The highest number that the caller knows (<see cref="RecoveredEntity.Highest"/>); null if the store had none.</param>
    /// <param name="stop">Ends the wait, but not the deletion.</param>
    /// <returns>True if the store has nothing of the entity any more, also if it had nothing before. False if the highest number is another one: the
    /// entity has written meanwhile, and nothing is deleted.</returns>
    public async Task<bool> ForgetAsync(string persistenceId, long? highest, CancellationToken stop = default)
    {
        var keys = await _store.KeysAsync(stop).ConfigureAwait(false);
        var result = await _store.Database.ScriptEvaluateAsync(
            PersistenceScripts.Forget,
            [keys.Events(persistenceId), keys.Highest(persistenceId), keys.Snapshots(persistenceId)],
            [Text(highest)],
            RedisStore.PrimaryOnly).WaitAsync(stop).ConfigureAwait(false);
        return (int)result == PersistenceScripts.Done;
    }

    private static RedisValue[] Arguments((long From, long To)[] ranges, long highest) =>
        [Text(highest), .. ranges.SelectMany(r => new[] { Text(r.From), Text(r.To) })];

    private static RedisValue Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private sealed class Provider : ExtensionIdProvider<RedisEventLog>
    {
        public override RedisEventLog CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
