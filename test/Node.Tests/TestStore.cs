using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;

namespace ChatAkka.Node.Tests;

/// <summary>Journal and snapshots of one actor system, in memory: a test holds writes up, rejects them or lets saving fail.</summary>
internal sealed class TestStore
{
    private static readonly ConditionalWeakTable<ActorSystem, TestStore> s_stores = [];
    private readonly ConcurrentDictionary<string, SelectedSnapshot> _saved = new();
    private volatile TaskCompletionSource? _gate;
    private volatile bool _rejects;
    private volatile bool _fails;
    private int _tries;
    private int _held;

    /// <summary>True where every event is rejected, as one that cannot be serialized.</summary>
    public bool Rejects
    {
        get => _rejects;
        set => _rejects = value;
    }

    /// <summary>True where nothing can be saved.</summary>
    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    /// <summary>How often something was to be saved.</summary>
    public int Tries => Volatile.Read(ref _tries);

    /// <summary>How many writes were held up.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>The store of a system.</summary>
    public static TestStore Of(ActorSystem system) => s_stores.GetValue(system, _ => new TestStore());

    /// <summary>Events wait to be written from now on, until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Events are written.</summary>
    public void Open()
    {
        _gate?.TrySetResult();
        _gate = null;
    }

    /// <summary>The events that wait are written; those behind them wait.</summary>
    public void OpenOnce()
    {
        var gate = _gate;
        Close();
        gate?.TrySetResult();
    }

    /// <summary>The last snapshot of an entity; null where there is none.</summary>
    public SelectedSnapshot? Find(string persistenceId) => _saved.GetValueOrDefault(persistenceId);

    /// <summary>The journal; named in the configuration.</summary>
    public sealed class Journal : MemoryJournal
    {
        private readonly TestStore _store = Of(Context.System);

        protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
        {
            if (_store._gate is { } gate)
            {
                Interlocked.Increment(ref _store._held);
                await gate.Task;
            }

            if (_store.Rejects)
                return [.. messages.Select(_ => new NotSupportedException("rejected"))];
            return await base.WriteMessagesAsync(messages, cancellationToken);
        }
    }

    /// <summary>The snapshot store; named in the configuration.</summary>
    public sealed class Snapshots : SnapshotStore
    {
        private readonly TestStore _store = Of(Context.System);

        protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
            Task.FromResult(_store.Find(persistenceId)!);

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
