using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Serialization;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Journal on Redis, a Redis Cluster or the embedded store, with the data format of the package Akka.Persistence.Redis.</summary>
/// <remarks>
/// An atomic write is one script: it writes all events and the highest sequence number, or nothing. First the script compares: an entity may
/// write only if it knows the last event in the store. So if two instances of an entity exist, because one was suspended for a while, at most
/// one can continue (<see cref="StaleWriterException"/>). Writes of different entities run at the same time and share the connection's pipeline.
/// A write is done when it counts as stored (<see cref="ReceiptGate"/>). The journal retries nothing. A write without an answer counts as failed:
/// the entity stops, and learns the result when it recovers. Events with tags are rejected, because this journal has no queries.
/// </remarks>
public sealed class RedisJournal : AsyncWriteJournal
{
    private readonly RedisStore _store;
    private readonly EventReader _events;
    private readonly PersistenceMessageSerializer _serializer;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Called by Akka.Persistence.</summary>
    /// <param name="config">The section <c>akka.persistence.journal.redis</c>.</param>
    public RedisJournal(Config config)
    {
        _store = new RedisStore(Context.System, config);
        _events = new EventReader(_store, Context.System);

        // The serializer is not taken from the bindings: Akka.Persistence adds its binding only when it is first used, which is too late here.
        _serializer = new PersistenceMessageSerializer((ExtendedActorSystem)Context.System);
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);
        var number = await _events.HighestAsync(keys, persistenceId, cancellationToken).ConfigureAwait(false) ?? 0;

        // An entity treats all events that it recovers as stored. One of them may be a write that was not confirmed, so it is confirmed here.
        await _store.ConfirmAsync(persistenceId, number).ConfigureAwait(false);
        return number;
    }

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        var keys = await _store.KeysAsync().ConfigureAwait(false);
        await _events.ReplayAsync(keys, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception?>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var keys = await _store.KeysAsync(cancellationToken).ConfigureAwait(false);

        // The writes are of one entity and are done one after the other: if one fails, no later one may be stored.
        var results = ImmutableList.CreateBuilder<Exception?>();
        foreach (var write in messages)
        {
            var (entries, rejection) = Serialize(write);

            // This also happens if the events were rejected: their numbers are used, and the next write has the numbers after them.
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
            // Nothing was written. The entity is told that the event is rejected, and continues to run.
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
            PersistenceScripts.Write, [keys.Events(write.PersistenceId), keys.Highest(write.PersistenceId)], arguments, RedisStore.PrimaryOnly).ConfigureAwait(false);
        if (!highest.IsNull)
            throw new StaleWriterException(write.PersistenceId, write.LowestSequenceNr, (string)highest!);
        await _store.ConfirmAsync(write.PersistenceId, write.HighestSequenceNr).ConfigureAwait(false);
    }
}
