using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Serialization;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Journal on Redis, a Redis Cluster or the embedded store, with the data of the package Akka.Persistence.Redis.</summary>
/// <remarks>
/// An atomic write is one script: all its events and the highest sequence number, or nothing. The script compares first: an entity writes
/// only behind all that was ever written, so of two instances of one entity, of which one was frozen for a while, at most one goes on
/// (<see cref="StaleWriterException"/>). Writes of different entities are under way at the same time and share the connection's pipeline.
/// A write is done when it counts as kept (<see cref="ReceiptGate"/>). Nothing is retried here: a write whose answer did not come counts as failed, the entity stops, and finds out when it recovers. Tagged
/// events are rejected, as this journal has no queries.
/// </remarks>
public sealed class RedisJournal : AsyncWriteJournal
{
    /// <summary>So many events come in one reply: on a slow link it has to arrive within the time limit of a reply, and an event may be large.</summary>
    private const int ReplayPage = 32;

    private readonly RedisStore _store;
    private readonly PersistenceMessageSerializer _serializer;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Made by Akka.Persistence.</summary>
    /// <param name="config">The section <c>akka.persistence.journal.redis</c>.</param>
    public RedisJournal(Config config)
    {
        _store = new RedisStore(Context.System, config);

        // Not the one that is bound: Akka.Persistence brings its binding only when it is used first, and then it is too late for it.
        _serializer = new PersistenceMessageSerializer((ExtendedActorSystem)Context.System);
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        var highest = await _store.Database.StringGetAsync(keys.Highest(persistenceId)).WaitAsync(cancellationToken).ConfigureAwait(false);
        var number = highest.IsNull ? 0 : (long)highest;

        // An entity answers for what it recovered: also for a write whose confirmation did not come, for which it ended.
        await _store.ConfirmAsync(persistenceId, number).ConfigureAwait(false);
        return number;
    }

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var keys = await _store.KeysAsync().ConfigureAwait(false);
        var key = keys.Events(persistenceId);
        var next = fromSequenceNr;
        var isWhole = true;
        for (long replayed = 0; replayed < max && fromSequenceNr <= toSequenceNr;)
        {
            // By offset: two events of one number, from two writers at once, must both be seen wherever a page ends.
            var page = await _store.Reads.SortedSetRangeByScoreAsync(
                key, fromSequenceNr, RedisStore.Score(toSequenceNr), skip: replayed, take: Math.Min(ReplayPage, max - replayed)).ConfigureAwait(false);
            foreach (var member in page)
            {
                var happened = (Persistent)_serializer.FromBinary((byte[])member!, typeof(Persistent));
                isWhole &= happened.SequenceNr <= next;
                next = happened.SequenceNr + 1;
                recoveryCallback(happened);
            }

            replayed += page.Length;
            if (replayed >= max)
                return;
            if (page.Length < ReplayPage)
                break;
        }

        if (!isWhole || next <= toSequenceNr)
            await CheckSnapshotsAsync(keys, persistenceId, fromSequenceNr).ConfigureAwait(false);
    }

    /// <summary>Events are missing. Where a snapshot of them is there, it was saved, and they were deleted, after the one was loaded that this
    /// recovery began with: it must not go on without them. Where there is none the store lost them.</summary>
    private async Task CheckSnapshotsAsync(PersistenceKeys keys, string persistenceId, long fromSequenceNr)
    {
        var last = await _store.Database.SortedSetRangeByRankWithScoresAsync(keys.Snapshots(persistenceId), -1, -1).ConfigureAwait(false);
        if (last.Length > 0 && last[0].Score >= fromSequenceNr)
            throw new InvalidOperationException($"a snapshot of {persistenceId} was saved while it was read: it has to be read again");
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception?>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);

        // One after the other: they are of one entity, and a later one must not stand where an earlier one failed.
        var results = ImmutableList.CreateBuilder<Exception?>();
        foreach (var write in messages)
        {
            var (entries, rejection) = Serialize(write);

            // Also where it was rejected: its numbers are used up, and the next write follows them.
            await WriteAsync(keys, write, entries).ConfigureAwait(false);
            results.Add(rejection);
        }

        return results.ToImmutable();
    }

    /// <inheritdoc/>
    protected override async Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        await _store.Database.SortedSetRemoveRangeByScoreAsync(keys.Events(persistenceId), -1, RedisStore.Score(toSequenceNr)).ConfigureAwait(false);
    }

    private (SortedSetEntry[] Entries, Exception? Rejection) Serialize(AtomicWrite write)
    {
        try
        {
            var now = _time.GetUtcNow().UtcTicks;
            var events = (IImmutableList<IPersistentRepresentation>)write.Payload;
            if (events.Any(e => e.Payload is Tagged))
                return ([], new NotSupportedException("this journal keeps no tags"));
            return ([.. events.Select(e => new SortedSetEntry(_serializer.ToBinary(e.WithTimestamp(now)), e.SequenceNr))], null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nothing was written: the entity is told that this event cannot be, and lives.
            return ([], e);
        }
    }

    private async Task WriteAsync(PersistenceKeys keys, AtomicWrite write, SortedSetEntry[] entries)
    {
        var arguments = new RedisValue[2 + (2 * entries.Length)];
        arguments[0] = (write.LowestSequenceNr - 1).ToString(CultureInfo.InvariantCulture);
        arguments[1] = write.HighestSequenceNr.ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < entries.Length; i++)
        {
            arguments[2 + (2 * i)] = entries[i].Score;
            arguments[3 + (2 * i)] = entries[i].Element;
        }

        var highest = await _store.Database.ScriptEvaluateAsync(
            PersistenceScripts.Write, [keys.Events(write.PersistenceId), keys.Highest(write.PersistenceId)], arguments).ConfigureAwait(false);
        if (!highest.IsNull)
            throw new StaleWriterException(write.PersistenceId, write.LowestSequenceNr, (string)highest!);
        await _store.ConfirmAsync(write.PersistenceId, write.HighestSequenceNr).ConfigureAwait(false);
    }
}
