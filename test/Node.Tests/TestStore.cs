using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Persistence.Redis;

namespace ChatAkka.Node.Tests;

/// <summary>Journal and snapshots of one actor system, in memory. As in Redis, only the event is taken that follows the last one. A test holds writes up, rejects
/// them, lets them fail, and loses or damages what is stored.</summary>
internal sealed class TestStore
{
    private static readonly ConditionalWeakTable<ActorSystem, TestStore> s_stores = [];
    private readonly ConcurrentDictionary<string, SelectedSnapshot> _saved = new();
    private readonly ConcurrentDictionary<long, byte[]> _events = new();
    private volatile TaskCompletionSource? _gate;
    private long _highest;
    private int _tries;
    private int _held;

    /// <summary>True where every event is rejected, as one that cannot be serialized.</summary>
    public volatile bool Rejects;

    /// <summary>True where no event can be written.</summary>
    public volatile bool FailsWrites;

    /// <summary>True where no snapshot can be saved.</summary>
    public volatile bool Fails;

    /// <summary>The events of the one log that a test has.</summary>
    public ConcurrentDictionary<long, byte[]> Events => _events;

    /// <summary>The number of the last event.</summary>
    public long Highest => Interlocked.Read(ref _highest);

    /// <summary>How often a snapshot was to be saved.</summary>
    public int Tries => Volatile.Read(ref _tries);

    /// <summary>How many writes were held up.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>The last snapshot; null if there is none.</summary>
    public SelectedSnapshot? Snapshot => _saved.Values.SingleOrDefault();

    /// <summary>The store of a system.</summary>
    public static TestStore Of(ActorSystem system) => s_stores.GetValue(system, _ => new TestStore());

    /// <summary>Events wait to be written from now on, until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Events are written.</summary>
    public void Open()
    {
        var gate = _gate;
        _gate = null;
        gate?.TrySetResult();
    }

    /// <summary>Another owner writes an event.</summary>
    public void Write(byte[] bytes)
    {
        var number = Interlocked.Increment(ref _highest);
        _events[number] = bytes;
    }

    /// <summary>The store comes back empty.</summary>
    public void Lose()
    {
        _events.Clear();
        _saved.Clear();
        Interlocked.Exchange(ref _highest, 0);
    }

    private void Append(IPersistentRepresentation message)
    {
        // An empty store takes any number, as Redis does.
        if (Highest != 0 && message.SequenceNr != Highest + 1)
            throw new StaleWriterException(message.PersistenceId, message.SequenceNr, Highest.ToString(CultureInfo.InvariantCulture));
        _events[message.SequenceNr] = ((PartitionEvent)message.Payload).Bytes;
        Interlocked.Exchange(ref _highest, message.SequenceNr);
    }

    /// <summary>The journal; named in the configuration.</summary>
    public sealed class Journal : AsyncWriteJournal
    {
        private readonly TestStore _store = Of(Context.System);

        public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
            Task.FromResult(_store.Highest);

        public override Task ReplayMessagesAsync(
            IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
        {
            foreach (var (number, bytes) in _store._events.Where(e => e.Key >= fromSequenceNr && e.Key <= toSequenceNr).OrderBy(e => e.Key))
                recoveryCallback(new Persistent(new PartitionEvent(bytes), number, persistenceId));
            return Task.CompletedTask;
        }

        protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
        {
            if (_store._gate is { } gate)
            {
                Interlocked.Increment(ref _store._held);
                await gate.Task;
            }

            if (_store.FailsWrites)
                throw new IOException("away");
            if (_store.Rejects)
                return [.. messages.Select(_ => new NotSupportedException("rejected"))];
            foreach (var message in messages.SelectMany(m => (IImmutableList<IPersistentRepresentation>)m.Payload))
                _store.Append(message);
            return null!;
        }

        protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>The snapshot store; named in the configuration.</summary>
    public sealed class Snapshots : SnapshotStore
    {
        private readonly TestStore _store = Of(Context.System);

        protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
            Task.FromResult(_store._saved.GetValueOrDefault(persistenceId)!);

        protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _store._tries);
            if (_store.Fails)
                throw new IOException("full");
            _store._saved[metadata.PersistenceId] = new SelectedSnapshot(metadata, snapshot);
            return Task.CompletedTask;
        }

        protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) => Task.CompletedTask;

        protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
