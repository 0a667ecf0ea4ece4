using Akka.Actor;
using Akka.Event;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Keeps the log of a partition small and whole: snapshots, deletion of events, compaction, messages that are too old, and what was lost with the
/// store.</summary>
internal sealed class PartitionHousekeeping
{
    private const int CompactionSlack = 4 * 1024 * 1024;
    private const int CompactionBytes = 48 * 1024;
    private const int SweptAtOnce = 1000;

    private readonly PartitionServices _services;
    private readonly string _persistenceId;
    private readonly PartitionState _state;
    private readonly EventCache _cache;
    private readonly IActorContext _context;
    private readonly ILoggingAdapter _log;
    private readonly PartitionUpkeep _upkeep;
    private readonly Queue<(long Number, byte[] Bytes)> _rewrites = new();
    private readonly Queue<long> _losses = new();
    private readonly long _started;
    private Queue<string> _sweep = new();
    private long _written;
    private int _epoch;
    private readonly List<(long From, long To)> _deletable = [];
    private bool _isDeletionDue;
    private bool _isLoading;
    private bool _isVerifying;

    /// <summary>Makes the housekeeping of an owner.</summary>
    public PartitionHousekeeping(PartitionServices services, string persistenceId, PartitionState state, EventCache cache, IActorContext context)
    {
        _services = services;
        _persistenceId = persistenceId;
        _state = state;
        _cache = cache;
        _context = context;
        _log = context.GetLogger();
        _upkeep = new PartitionUpkeep(state, services.Timings.RetrySnapshot);
        _started = _written = services.Time.GetTimestamp();
        _epoch = services.Epoch.Value;
    }

    /// <summary>True while a snapshot is being saved.</summary>
    public bool IsSaving => _upkeep.IsSaving;

    /// <summary>Notes what was recovered. Events that an earlier owner did not come to delete are deleted now.</summary>
    public void Recovered(long snapshotAt, int snapshotBytes, long events)
    {
        _deletable.AddRange(_upkeep.Recovered(snapshotAt, snapshotBytes, events));
        _isDeletionDue = true;
    }

    /// <summary>Notes that an event was written.</summary>
    public void Wrote(int bytes)
    {
        _upkeep.Wrote(bytes);
        _written = _services.Time.GetTimestamp();
    }

    /// <summary>Gives the snapshot that is to be saved now; null if none is due.</summary>
    public byte[]? SnapshotIfDue(bool isIdle)
    {
        if (!_upkeep.IsDue(_services.Time.GetElapsedTime(_started), isIdle && _services.Time.GetElapsedTime(_written) > _services.Timings.Idle))
            return null;
        _state.Ids.ForgetOld(Now());
        var snapshot = PartitionSnapshot.ToBytes(_state);
        _upkeep.Saving(snapshot.Length);
        return snapshot;
    }

    /// <summary>A snapshot is saved: the events that it stands for and that hold nothing are deleted.</summary>
    public void OnSaved(long sequenceNr)
    {
        _upkeep.Saved(sequenceNr);
        _isDeletionDue = true;
    }

    /// <summary>A snapshot could not be saved.</summary>
    public void OnSaveFailed(Exception cause)
    {
        _upkeep.Failed(_services.Time.GetElapsedTime(_started));
        _log.Warning("A snapshot of {0} could not be saved. Its events stay in the store and need space until a later attempt succeeds; no message is lost: {1}", _persistenceId, cause.Message);
    }

    /// <summary>Takes messages that are too old out of some mailboxes, and forgets readers whose nodes are gone. It comes to every mailbox in turn.</summary>
    /// <returns>The sessions that should request messages and do not: a notice to them, or an answer, may be lost.</returns>
    public IReadOnlyList<(string User, ReaderId Reader)> Sweep(MailboxReads reads, PartitionClients clients)
    {
        List<(string, ReaderId)> silent = [];
        var heardAfter = _services.Time.GetElapsedTime(_started) - _services.Timings.ForgetNode;
        var heardLately = _services.Time.GetElapsedTime(_started) - (3 * _services.Timings.Hello);
        clients.Forget(heardAfter);
        if (_sweep.Count == 0)
            _sweep = new Queue<string>(_state.Users.Keys);
        var limit = DateTimeOffset.FromUnixTimeMilliseconds(Now()).Subtract(_services.Settings.MaxAge).ToUnixTimeSeconds();
        for (var n = 0; n < SweptAtOnce && _sweep.TryDequeue(out var user); n++)
        {
            if (_state.Find(user) is not { } mailbox)
                continue;
            var last = 0L;
            foreach (var message in mailbox.Messages)
            {
                if (message.Time >= limit)
                    break;
                last = message.Number;
            }

            if (last > 0)
                reads.Expire(user, last);
            if (mailbox.Reader is { } reader && !clients.IsHeard(reader.Id.Node, mailbox.IsContested ? heardLately : heardAfter))
                (mailbox.Reader, mailbox.EndedReader) = (null, reader.Id);
            if (mailbox.EndedReader is { } ended && !clients.IsHeard(ended.Node, heardAfter))
                mailbox.EndedReader = null;
            if (mailbox.SilentReader is { } waiting && clients.IsHeard(waiting.Node, heardLately))
                silent.Add((user, waiting));
            mailbox.IsContested = false;
            _state.Forget(user);
        }

        return silent;
    }

    /// <summary>Looks whether there is something to delete, to write again, or to verify.</summary>
    public void Check(IActorRef self)
    {
        _isDeletionDue = true;
        Verify(self);
        if (_isLoading || _rewrites.Count > 0)
            return;
        var chosen = _state.Events.ChooseForCompaction(_upkeep.SnapshotAt, CompactionSlack, CompactionBytes);
        if (chosen.Count == 0)
            return;
        _isLoading = true;
        _services.Log.ReadAsync(_persistenceId, chosen).PipeTo(self, success: events => new Loaded(events), failure: _ => new Loaded(new Dictionary<long, byte[]>()));
    }

    /// <summary>Takes old events that are to be written again.</summary>
    public void OnLoaded(Loaded loaded)
    {
        _isLoading = false;
        foreach (var (number, bytes) in loaded.Events)
            _rewrites.Enqueue((number, bytes));
    }

    /// <summary>Puts messages into a turn that are to be written again, and events that are lost.</summary>
    public void MoveTo(PartitionTurn turn)
    {
        while (turn.Bytes < CompactionBytes && _rewrites.TryDequeue(out var old))
            PartitionRewrite.Add(_state, turn, old.Number, old.Bytes);
        while (_losses.TryDequeue(out var number))
            turn.Lose(number);
    }

    /// <summary>The store was asked whether it still has the log.</summary>
    public void OnVerified(Verified verified)
    {
        _isVerifying = false;
        if (verified.HasLog is not { } hasLog)
            return;
        _epoch = verified.Epoch;
        _upkeep.Force();
        if (hasLog)
            return;

        // Redis came back empty. What is in memory is written again, the rest is lost.
        var lost = 0;
        foreach (var number in _state.Events.Numbers)
        {
            if (_cache.Find(number) is { } bytes)
                _rewrites.Enqueue((number, bytes));
            else
            {
                _losses.Enqueue(number);
                lost++;
            }
        }

        _log.Warning(
            "Redis has lost events of {0}. {1} of them are in memory and are written again; the messages of {2} others are lost", _persistenceId, _rewrites.Count, lost);
    }

    /// <summary>Events were deleted, or not.</summary>
    public void OnDeleted(Deleted deleted)
    {
        if (deleted.Failure is null)
            return;
        _log.Warning("Old events of {0} could not be deleted. They need space until the next attempt; no message is lost: {1}", _persistenceId, deleted.Failure.Message);
        _deletable.AddRange(deleted.Ranges);
    }

    /// <summary>Deletes events if that is due. Only between turns: then the store compares with the number of the last event.</summary>
    public void DeleteIfDue(long highest)
    {
        if (!_isDeletionDue)
            return;
        _isDeletionDue = false;
        IReadOnlyList<(long From, long To)> ranges = [.. _deletable, .. _upkeep.TakeDeletable()];
        _deletable.Clear();
        if (ranges.Count == 0)
            return;
        foreach (var (from, to) in ranges.Where(r => r.To - r.From < 10_000))
        {
            for (var number = from; number <= to; number++)
                _cache.Remove(number);
        }

        _services.Log.DeleteAsync(_persistenceId, ranges, highest).PipeTo(
            _context.Self,
            success: done => new Deleted(ranges, done ? null : new InvalidOperationException("another owner has written")),
            failure: e => new Deleted(ranges, e));
    }

    private void Verify(IActorRef self)
    {
        var epoch = _services.Epoch.Value;
        if (_isVerifying || epoch == _epoch)
            return;
        if (_state.Events.First is not { } first)
        {
            _epoch = epoch;
            _upkeep.Force();
            return;
        }

        _isVerifying = true;
        _services.Log.ReadAsync(_persistenceId, [first]).PipeTo(
            self, success: events => new Verified(epoch, events.ContainsKey(first)), failure: _ => new Verified(epoch, null));
    }

    private long Now() => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Old events were read.</summary>
    public sealed record Loaded(IReadOnlyDictionary<long, byte[]> Events);

    /// <summary>The store was asked for the first event.</summary>
    public sealed record Verified(int Epoch, bool? HasLog);

    /// <summary>Events were deleted, or not.</summary>
    public sealed record Deleted(IReadOnlyList<(long From, long To)> Ranges, Exception? Failure);
}
