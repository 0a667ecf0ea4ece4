using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Owns the mailboxes of one partition of the users, and their log. Cluster Sharding decides on which node it runs.</summary>
/// <remarks>
/// <code>
/// Recovering --log is read--> Opening --opening event is written--> Importing --no mailbox of the former form is left--> Resting
/// Resting --deposits, acknowledgements--> Writing --event is written--> Resting
/// any --a write failed--> stopped
/// </code>
/// The owner works in turns (<see cref="PartitionOwner"/>), one event each. The journal takes only the event that follows the last one that the writer knows,
/// and each owner writes an opening event before anything else. So an older owner, for example on a node that was frozen, cannot write any more, and gives
/// no receipt. An owner whose write failed stops without an answer; the nodes send again. docs/delivery.md, "Mailboxes".
/// </remarks>
internal sealed class PartitionActor : ReceivePersistentActor, IWithTimers
{
    private readonly int _partition;
    private readonly PartitionServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StoreOutageLog _outage;
    private readonly Dictionary<NodeId, IActorRef> _nodes = [];
    private readonly EventCache _cache;
    private readonly long _started;
    private PartitionState _state;
    private PartitionOwner _owner = null!;
    private PartitionReadings _readings = null!;
    private PartitionHousekeeping _housekeeping = null!;
    private FormerMailboxes? _former;
    private long _snapshotAt;
    private int _snapshotBytes;
    private bool _stopping;

    /// <summary>Makes the owner.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="services">What all partitions of a node use.</param>
    public PartitionActor(int partition, PartitionServices services)
    {
        (_partition, _services) = (partition, services);
        _started = services.Time.GetTimestamp();
        _outage = new StoreOutageLog(partition, services, _log);
        _state = new PartitionState(services.Settings);
        _cache = new EventCache(services.Settings.Cache);
        PersistenceId = Partitions.PersistenceIdOf(partition);
        Recover<SnapshotOffer>(offer =>
        {
            (_snapshotAt, _snapshotBytes) = (offer.Metadata.SequenceNr, ((byte[])offer.Snapshot).Length);
            _state = PartitionSnapshot.FromBytes((byte[])offer.Snapshot, _services.Settings);
        });
        Recover<PartitionEvent>(OnReplayed);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        ReceiveMessages();
        ReceiveAnswersOfTheStore();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _outage.Failed("written", cause);

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // The turn was applied already, but is not kept. So this state must end, as it does after a write that failed.
        _log.Error(cause, "The journal rejected an event of partition {0} of the mailboxes. Its owner stops without an answer; the nodes send the messages to the next owner", _partition);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _outage.Failed("read", reason);

    /// <inheritdoc/>
    protected override void PostStop() => _ = _former?.StopAsync();

    private void ReceiveMessages()
    {
        Command<PartitionBatch>(OnBatch);
        Command<MailboxQuestion>(m => Sender.Tell(_readings.DepthOf(m.User)));
        Command<MailboxNudge>(OnNudgeReturned);
        Command<PartitionReadings.Fetched>(m =>
        {
            _readings.OnFetched(m);
            Work();
        });
        Command<FetchFailed>(m =>
        {
            _readings.OnFailed(m.Users);
            Timers.StartSingleTimer(nameof(RetryDue), new RetryDue(), _services.Timings.RetryRead);
        });
        Command<RetryDue>(_ => _readings.Start());
        Command<DoneDue>(_ =>
        {
            _owner.ForceTurn();
            Work();
        });
        Command<UpkeepDue>(_ => OnUpkeep());
        Command<FormerMailboxes.Found>(OnFormer);
        Command<Stop>(_ =>
        {
            _stopping = true;
            StopIfRested();
        });
    }

    private void ReceiveAnswersOfTheStore()
    {
        Command<PartitionHousekeeping.Loaded>(m =>
        {
            _housekeeping.OnLoaded(m);
            Work();
        });
        Command<PartitionHousekeeping.Verified>(m =>
        {
            _housekeeping.OnVerified(m);
            Work();
        });
        Command<PartitionHousekeeping.Deleted>(m => _housekeeping.OnDeleted(m));
        Command<SaveSnapshotSuccess>(m =>
        {
            _housekeeping.OnSaved(m.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(m.Metadata.SequenceNr - 1));
            StopIfRested();
        });
        Command<SaveSnapshotFailure>(m =>
        {
            _housekeeping.OnSaveFailed(m.Cause);
            StopIfRested();
        });
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(m => _log.Warning(
            "Old snapshots of partition {0} of the mailboxes could not be deleted. They need space until the next snapshot deletes them: {1}", _partition, m.Cause.Message));
    }

    private void OnReplayed(PartitionEvent happened)
    {
        try
        {
            _state.Apply(LastSequenceNr, happened.Bytes);
        }
        catch (FormatException e)
        {
            // One damaged event must not stop a whole partition.
            _log.Error(e, "Event {0} of partition {1} of the mailboxes is damaged. Messages that it holds are lost; all other messages are not affected", LastSequenceNr, _partition);
        }

        _cache.Add(LastSequenceNr, happened.Bytes);
    }

    private void OnRecovered()
    {
        _owner = new PartitionOwner(_partition, _state, _cache, (node, answer) => _nodes.GetValueOrDefault(node)?.Tell(answer));
        _owner.Recovered(LastSequenceNr);
        _readings = new PartitionReadings(_owner, _cache, Fetch);
        _housekeeping = new PartitionHousekeeping(_services, PersistenceId, _state, _cache, Context);
        _housekeeping.Recovered(_snapshotAt, _snapshotBytes, LastSequenceNr - _snapshotAt);
        if (_snapshotAt > 0)
            DeleteSnapshots(new SnapshotSelectionCriteria(_snapshotAt - 1));
        var now = Now();
        Write(_owner.Begin(new PartitionTurn(now, _state.NextTerm(now)) { IsOpening = true }));
        Timers.StartPeriodicTimer(nameof(UpkeepDue), new UpkeepDue(), _services.Timings.Upkeep);
    }

    private void OnBatch(PartitionBatch batch)
    {
        _nodes[batch.Origin] = Sender;
        _owner.Clients.Heard(batch.Origin, _services.Time.GetElapsedTime(_started));
        if (_stopping)
            return;
        _owner.Receive(batch);
        _readings.Serve();
        Work();
    }

    /// <summary>Begins a turn if there is something to write, and sends the answers that need no write.</summary>
    private void Work()
    {
        if (_owner.BeginTurn(Now(), _services.Store.HasSpace, _housekeeping.MoveTo) is { } bytes)
        {
            Timers.Cancel(nameof(DoneDue));
            Write(bytes);
        }
        else if (_owner.Reads.HasReports && !_owner.IsWriting && !Timers.IsTimerActive(nameof(DoneDue)))
            Timers.StartSingleTimer(nameof(DoneDue), new DoneDue(), _services.Timings.DoneDelay);

        foreach (var (user, reader) in _owner.TakeEnded())
            Nudge(user, reader);
        _owner.Clients.Flush(_state.Term);
    }

    private static void Nudge(string user, ReaderId reader) =>
        Context.System.GatewayOf(reader.Node).Tell(new MailboxNudge(user, reader.Connection));

    /// <summary>A nudge comes back if the node does not have the session.</summary>
    private void OnNudgeReturned(MailboxNudge nudge) => _owner.Reads.Miss(
        nudge.User, nudge.Connection, Sender.Path.Address is { HasLocalScope: false } node ? $"{node.Host}:{node.Port}" : _services.Self.Address);

    private void Write(byte[] bytes) => PersistAsync(new PartitionEvent(bytes), _ => OnWritten(bytes.Length));

    private void OnWritten(int bytes)
    {
        var turn = _owner.Written();
        turn.Trace(_services.Trace);
        _outage.Written();
        _housekeeping.Wrote(bytes);
        if (!_owner.IsOpen)
            OpenOrImport();
        _readings.Serve();
        Rest(isIdle: false);
        Work();
        StopIfRested();
    }

    /// <summary>The log is open. Mailboxes of the former form are taken over before anything else.</summary>
    private void OpenOrImport()
    {
        if (!_state.IsImported)
        {
            _former ??= new FormerMailboxes(_services.Log, _partition);
            _former.Next(Self);
            return;
        }

        _log.Debug("Partition {0} of the mailboxes is open on {1}: term {2}, {3} messages wait", _partition, _services.Self.Address, _state.Term, _state.Waiting);
        _owner.Open();
    }

    private void OnFormer(FormerMailboxes.Found found)
    {
        if (found.Failure is { } failure)
        {
            _outage.Failed("searched for mailboxes of the former form", failure);
            Context.Stop(Self);
            return;
        }

        var turn = new PartitionTurn(Now(), _state.Last) { FinishesImport = found.Mailbox is null };
        if (found.Mailbox is { } mailbox)
            turn.Import(mailbox, turn.Time - (long)_services.Settings.DedupeAge.TotalMilliseconds);
        if (turn.IsEmpty)
            _former!.Next(Self);
        else
            Write(_owner.Begin(turn));
    }

    private void OnUpkeep()
    {
        if (!_owner.IsOpen)
            return;
        foreach (var (user, reader) in _housekeeping.Sweep(_owner.Reads, _owner.Clients))
            Nudge(user, reader);
        foreach (var node in _nodes.Keys.Except(_owner.Clients.All).ToList())
            _nodes.Remove(node);
        _housekeeping.Check(Self);
        Rest(isIdle: true);
        Work();
        StopIfRested();
    }

    /// <summary>Saves a snapshot and deletes events, if that is due. Only between turns, when everything that was applied is written.</summary>
    private void Rest(bool isIdle)
    {
        if (!_owner.IsOpen || _owner.IsWriting)
            return;
        if (_housekeeping.SnapshotIfDue(isIdle) is { } snapshot)
            SaveSnapshot(snapshot);
        _housekeeping.DeleteIfDue(LastSequenceNr);
    }

    private void Fetch(IReadOnlyList<string> users, IReadOnlyCollection<long> numbers) =>
        _services.Log.ReadAsync(PersistenceId, [.. numbers]).PipeTo(
            Self, success: events => new PartitionReadings.Fetched(users, numbers, events), failure: _ => new FetchFailed(users));

    private void StopIfRested()
    {
        if (_stopping && !_owner.IsWriting && !_housekeeping.IsSaving)
            Context.Stop(Self);
    }

    private long Now() => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Ends this owner when its turn is over. The partition starts again on another node.</summary>
    public sealed record Stop;

    private sealed record DoneDue;

    private sealed record UpkeepDue;

    private sealed record RetryDue;

    private sealed record FetchFailed(IReadOnlyList<string> Users);
}
