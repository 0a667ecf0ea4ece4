using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Serialization;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Reads the events of entities: a range of them for a recovery, or single ones.</summary>
internal sealed class EventReader
{
    /// <summary>The maximum number of events in one reply. Events may be large, and on a slow network a reply must arrive within its time limit.</summary>
    private const int ReplayPage = 32;

    /// <summary>The maximum number of single events that are asked for at once. All of their replies must arrive within the time limit of one.</summary>
    private const int ReadWindow = 128;

    private readonly RedisStore _store;
    private readonly PersistenceMessageSerializer _serializer;

    /// <summary>Makes a reader.</summary>
    /// <param name="store">The store.</param>
    /// <param name="system">The actor system, which has the serializers of payloads.</param>
    public EventReader(RedisStore store, ActorSystem system)
    {
        _store = store;

        // The serializer is not taken from the bindings: Akka.Persistence adds its binding only when it is first used, which is too late here.
        _serializer = new PersistenceMessageSerializer((ExtendedActorSystem)system);
    }

    /// <summary>Gives the highest sequence number of an entity; null if the store has none.</summary>
    public async Task<long?> HighestAsync(PersistenceKeys keys, string persistenceId, CancellationToken stop)
    {
        var highest = await _store.Database.StringGetAsync(keys.Highest(persistenceId), RedisStore.PrimaryOnly).WaitAsync(stop).ConfigureAwait(false);
        return highest.IsNull ? null : (long)highest;
    }

    /// <summary>Gives the events of a range in order, in pages.</summary>
    /// <exception cref="InvalidOperationException">Events are missing, because a snapshot with them was saved meanwhile.</exception>
    public async Task ReplayAsync(
        PersistenceKeys keys, string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> callback, CancellationToken stop = default)
    {
        var key = keys.Events(persistenceId);
        var next = from;
        var isWhole = true;
        for (long replayed = 0; replayed < max && from <= to;)
        {
            // Pages are read by offset. Two writers at once may have written two events with one number, and a page may end between them.
            var page = await _store.Reads.SortedSetRangeByScoreAsync(
                key, from, RedisStore.Score(to), skip: replayed, take: Math.Min(ReplayPage, max - replayed),
                flags: RedisStore.PrimaryOnly).WaitAsync(stop).ConfigureAwait(false);
            foreach (var member in page)
            {
                var happened = Decode(member);
                isWhole &= happened.SequenceNr <= next;
                next = happened.SequenceNr + 1;
                callback(happened);
            }

            replayed += page.Length;
            if (replayed >= max)
                return;
            if (page.Length < ReplayPage)
                break;
        }

        if (!isWhole || next <= to)
            await CheckSnapshotsAsync(keys, persistenceId, from).ConfigureAwait(false);
    }

    /// <summary>Gives the events with certain numbers, in order. Numbers that follow each other are one command, and the commands of up to
    /// <see cref="ReadWindow"/> numbers are sent together.</summary>
    public async Task<EventReadResult> ReadAsync(PersistenceKeys keys, string persistenceId, IReadOnlyList<long> numbers, CancellationToken stop)
    {
        var key = keys.Events(persistenceId);
        var events = new List<IPersistentRepresentation>(numbers.Count);
        var unreadable = new List<UnreadableEvent>();
        foreach (var window in numbers.Distinct().Order().Chunk(ReadWindow))
        {
            var replies = Runs(window).Select(run => _store.Reads.SortedSetRangeByScoreWithScoresAsync(
                key, run.From, RedisStore.Score(run.To), flags: RedisStore.PrimaryOnly)).ToArray();
            foreach (var entry in (await Task.WhenAll(replies).WaitAsync(stop).ConfigureAwait(false)).SelectMany(r => r))
                Add(persistenceId, entry, events, unreadable);
        }

        return new EventReadResult(events, unreadable);
    }

    /// <summary>Called if events are missing. If there is a snapshot with them, it was saved after this recovery had loaded an older one, and the
    /// events were then deleted. The recovery must not continue without them, so it fails. If there is no such snapshot, the store has lost
    /// the events.</summary>
    private async Task CheckSnapshotsAsync(PersistenceKeys keys, string persistenceId, long from)
    {
        var last = await _store.Database.SortedSetRangeByRankWithScoresAsync(keys.Snapshots(persistenceId), -1, -1, flags: RedisStore.PrimaryOnly).ConfigureAwait(false);
        if (last.Length > 0 && last[0].Score >= from)
            throw new InvalidOperationException($"a snapshot of {persistenceId} was saved while it was read: it has to be read again");
    }

    private void Add(string persistenceId, SortedSetEntry entry, List<IPersistentRepresentation> events, List<UnreadableEvent> unreadable)
    {
        try
        {
            var happened = Decode(entry.Element);
            if (happened.SequenceNr != (long)entry.Score || happened.PersistenceId != persistenceId)
                throw new FormatException($"it is number {happened.SequenceNr} of {happened.PersistenceId}");
            events.Add(happened);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Bytes from outside: any serializer may fail on them with any exception. The other events are not to suffer.
            unreadable.Add(new UnreadableEvent((long)entry.Score, e));
        }
    }

    private Persistent Decode(RedisValue member) => (Persistent)_serializer.FromBinary((byte[])member!, typeof(Persistent));

    private static IEnumerable<(long From, long To)> Runs(long[] ascending)
    {
        for (int first = 0, next; first < ascending.Length; first = next)
        {
            for (next = first + 1; next < ascending.Length && ascending[next] == ascending[next - 1] + 1;)
                next++;
            yield return (ascending[first], ascending[next - 1]);
        }
    }
}
