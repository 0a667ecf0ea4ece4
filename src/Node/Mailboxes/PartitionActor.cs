using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
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
/// The owner works in turns, one at a time. A turn takes everything that came meanwhile for all users of the partition and writes it as one event; then
/// everything is answered. The journal takes only the event that follows the last one that the writer knows, and each owner writes an opening event before
/// anything else. So an older owner, for example on a node that was frozen, cannot write any more, and gives no receipt. An owner whose write failed
/// stops without an answer; the nodes send again. docs/delivery.md, "Mailboxes".
/// </remarks>
internal sealed class PartitionActor : ReceivePersistentActor, IWithTimers
{
    private readonly int _partition;
    private readonly PartitionServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly PartitionInbox _inbox = new();
    private readonly PartitionClients _clients;
    private readonly EventCache _cache;
    private readonly List<(string User, MailboxMessage.Leave Leave)> _leaves = [];
    private FormerMailboxes? _former;
    private PartitionState _state;
    private MailboxReads _reads = null!;
    private PartitionReadings _readings = null!;
    private PartitionHousekeeping _housekeeping = null!;
    private long _snapshotAt;
    private int _snapshotBytes;
    private long _kept;
    private bool _isWriting;
    private bool _isReady;
    private bool _stopping;
    private bool _forcesTurn;

    /// <summary>Makes the owner.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="services">What all partitions of a node use.</param>
    public PartitionActor(int partition, PartitionServices services)
    {
        _partition = partition;
        _services = services;
        _state = new PartitionState(services.Settings);
        _cache = new EventCache(services.Settings.Cache);
        _clients = new PartitionClients(partition, services.Time);
        PersistenceId = Partitions.PersistenceIdOf(partition);
        Recover<SnapshotOffer>(offer =>
        {
            var bytes = (byte[])offer.Snapshot;
            _state = PartitionSnapshot.FromBytes(bytes, services.Settings);
            (_snapshotAt, _snapshotBytes) = (offer.Metadata.SequenceNr, bytes.Length);
        });
        Recover<PartitionEvent>(OnReplayed);
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<PartitionBatch>(OnBatch);
        Command<MailboxQuestion>(m => Sender.Tell(_readings.DepthOf(m.User)));
        Command<PartitionReadings.Fetched>(m =>
        {
            _readings.OnFetched(m);
            Work();
        });
        Command<PartitionReadings.Retry>(_ => _readings.Start());
        Command<DoneDue>(_ =>
        {
            _forcesTurn = true;
            Work();
        });
        Command<UpkeepDue>(_ => OnUpkeep());
        Command<FormerMailboxes.Found>(OnFormer);
        Command<PartitionHousekeeping.Loaded>(m => _housekeeping.OnLoaded(m));
        Command<PartitionHousekeeping.Verified>(m => _housekeeping.OnVerified(m));
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
        Command<DeleteSnapshotsFailure>(m => _log.Warning("Old snapshots of partition {0} could not be deleted, the next snapshot deletes them: {1}", partition, m.Cause.Message));
        Command<Stop>(_ =>
        {
            _stopping = true;
            StopIfRested();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _log.Warning("Partition {0} of the mailboxes could not write ({1}): its owner stops without an answer, and the nodes send again", _partition, cause.Message);

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // The turn was applied already, but is not kept. So this state must end, as it does after a write that failed.
        _log.Error(cause, "The journal rejected an event of partition {0}: its owner stops without an answer, and the nodes send again", _partition);
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Warning("Partition {0} of the mailboxes could not be read from the store ({1}): its owner stops, and the next message starts it", _partition, reason.Message);

    private void OnReplayed(PartitionEvent happened)
    {
        try
        {
            _state.Apply(LastSequenceNr, happened.Bytes);
        }
        catch (FormatException e)
        {
            // One damaged event must not stop a whole partition.
            _log.Error(e, "Event {0} of partition {1} is damaged: messages in it are lost, the others are not affected", LastSequenceNr, _partition);
        }

        _cache.Add(LastSequenceNr, happened.Bytes);
    }

    private void OnRecovered()
    {
        foreach (var deposits in _state.Origins.Values)
            deposits.Keep();
        _reads = new MailboxReads(_state);
        _readings = new PartitionReadings(_services, PersistenceId, _state, _reads, _cache, _clients, Context, Timers);
        _housekeeping = new PartitionHousekeeping(_services, PersistenceId, _state, _cache, Context);
        _housekeeping.Recovered(_snapshotAt, _snapshotBytes, LastSequenceNr - _snapshotAt);
        if (_snapshotAt > 0)
            DeleteSnapshots(new SnapshotSelectionCriteria(_snapshotAt - 1));
        var now = Now();
        Write(new PartitionTurn(now, _state.NextTerm(now)) { IsOpening = true });
        Timers.StartPeriodicTimer(nameof(UpkeepDue), new UpkeepDue(), _services.Timings.Upkeep);
    }

    private void OnBatch(PartitionBatch batch)
    {
        _clients.Heard(batch.Origin, Sender);
        if (!_isReady || _stopping)
            return;
        if (_state.Origins.TryGetValue(batch.Origin, out var deposits))
            deposits.Settle(batch.Settled);
        if (batch.Term != _state.Term)
            _clients.TellTerm(batch.Origin, _state.Term, deposits);
        foreach (var message in batch.Messages)
        {
            switch (message)
            {
                case MailboxMessage.Store store when batch.Term == _state.Term:
                    _inbox.Add(batch.Origin, store);
                    break;
                case MailboxMessage.Pull pull:
                    if (_reads.Take(pull))
                        _readings.Want(pull.User);
                    break;
                case MailboxMessage.Leave leave:
                    OnLeave(leave);
                    break;
            }
        }

        _readings.Serve(_kept);
        Work();
        _clients.Flush(_state.Term);
    }

    private void OnLeave(MailboxMessage.Leave leave)
    {
        if (_reads.Take(leave))
            _clients.Answer(leave.Reader.Node, new MailboxAnswer.Left(leave.Reader.Connection, leave.Done));
        else
        {
            _leaves.Add((leave.User, leave));
            _forcesTurn = true;
        }
    }

    /// <summary>Begins a turn, if there is something to do and no turn is in progress.</summary>
    private void Work()
    {
        if (_isWriting || !_isReady)
            return;
        var turn = new PartitionTurn(Now(), _state.Last);
        _inbox.MoveTo(turn, _state, _clients, _services.Store.HasSpace);
        foreach (var ended in _inbox.TakeEnded())
            Context.System.GatewayOf(ended.Reader.Node).Tell(new MailboxNudge(ended.User, ended.Reader.Connection));
        _housekeeping.MoveTo(turn);
        if (!turn.IsEmpty || _forcesTurn)
        {
            // What was read is written with what is stored, or after a short while.
            _reads.MoveDone(turn);
            _forcesTurn = false;
            Timers.Cancel(nameof(DoneDue));
        }
        else if (_reads.HasReports && !Timers.IsTimerActive(nameof(DoneDue)))
            Timers.StartSingleTimer(nameof(DoneDue), new DoneDue(), _services.Timings.DoneDelay);

        if (!turn.IsEmpty)
        {
            Write(turn);
            return;
        }

        // Nothing has to be written before the answers.
        _inbox.Keep();
        _clients.Release();
    }

    private void Write(PartitionTurn turn)
    {
        var bytes = turn.Encode();
        _isWriting = true;
        _state.Apply(LastSequenceNr + 1, bytes);
        _cache.Add(LastSequenceNr + 1, bytes);
        PersistAsync(new PartitionEvent(bytes), happened => OnWritten(turn, happened.Bytes.Length));
    }

    private void OnWritten(PartitionTurn turn, int bytes)
    {
        _isWriting = false;
        _kept = _state.Last;
        _inbox.Keep();
        _clients.Release();
        foreach (var (_, leave) in _leaves)
            _clients.Answer(leave.Reader.Node, new MailboxAnswer.Left(leave.Reader.Connection, leave.Done));
        _leaves.Clear();
        turn.Trace(_services.Trace);
        foreach (var user in turn.StoredFor)
            _readings.Want(user);
        _housekeeping.Wrote(bytes);
        if (!_isReady)
            BecomeReady();
        _readings.Serve(_kept);
        Rest(isIdle: false);
        Work();
        _clients.Flush(_state.Term);
        StopIfRested();
    }

    /// <summary>The log is open. Mailboxes of the former form are taken over before anything else.</summary>
    private void BecomeReady()
    {
        if (!_state.IsImported)
        {
            _former ??= new FormerMailboxes(_services.Log, _partition);
            _former.Next(Self);
            return;
        }

        _isReady = true;
        _log.Debug("Partition {0} of the mailboxes is open on {1}: term {2}, {3} messages wait", _partition, _services.Self.Address, _state.Term, _state.Waiting);
        foreach (var origin in _clients.All)
            _clients.TellTerm(origin, _state.Term, _state.Origins.GetValueOrDefault(origin));
    }

    private void OnFormer(FormerMailboxes.Found found)
    {
        if (found.Failure is { } failure)
        {
            _log.Warning("Mailboxes of the former form could not be read for partition {0}, its owner stops and tries again: {1}", _partition, failure.Message);
            Context.Stop(Self);
            return;
        }

        var turn = new PartitionTurn(Now(), _state.Last) { FinishesImport = found.Mailbox is null };
        if (found.Mailbox is { } mailbox)
        {
            foreach (var (number, entry) in mailbox.Messages)
                turn.Import(mailbox.User.Text, number, entry);
            if (turn.IsEmpty)
            {
                _former!.Next(Self);
                return;
            }
        }

        Write(turn);
    }

    private void OnUpkeep()
    {
        if (!_isReady)
            return;
        _housekeeping.Sweep(_reads, _clients);
        _housekeeping.Check(Self);
        Rest(isIdle: true);
        Work();
        _clients.Flush(_state.Term);
        StopIfRested();
    }

    /// <summary>Saves a snapshot and deletes events, if that is due. Only between turns, when everything that was applied is written.</summary>
    private void Rest(bool isIdle)
    {
        if (!_isReady || _isWriting)
            return;
        if (_housekeeping.SnapshotIfDue(isIdle) is { } snapshot)
            SaveSnapshot(snapshot);
        _housekeeping.DeleteIfDue(LastSequenceNr);
    }

    private void StopIfRested()
    {
        if (_stopping && !_isWriting && !_housekeeping.IsSaving)
            Context.Stop(Self);
    }

    private long Now() => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Ends this owner when its turn is over. The partition starts again on another node.</summary>
    public sealed record Stop;

    private sealed record DoneDue;

    private sealed record UpkeepDue;
}
