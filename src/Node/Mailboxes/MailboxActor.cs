using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The mailbox of one user. Cluster Sharding decides on which node it runs.</summary>
/// <remarks>
/// <code>
/// Resting --batches, acknowledgements--> Marking --mark is set--> Persisting --events are kept--> Checking --may answer--> Resting
/// </code>
/// A mailbox works in turns, one at a time. What comes during a turn is taken in the next one, so batches grow with the load.
/// This actor gives no receipt and hands out nothing before it has written an event. The journal takes only the event that follows the last number
/// that the writer knows. So after this instance has written, an older instance, for example on a node that was frozen, cannot write any more. An
/// instance whose write is refused ends without an answer.
/// Nor does it answer before Redis has said that this node was not declared dead.
/// If the mailbox knows no reader, it asks the registry whether a session began meanwhile, and wakes that session before any sender gets a receipt.
/// From then on the session takes no chats that bypass the mailbox. docs/delivery.md, "Mailboxes".
/// </remarks>
internal sealed class MailboxActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>At most this many batches wait for the next turn. A further one is dropped, and its sender sends it again.</summary>
    private const int MostBatches = 1024;

    /// <summary>Acknowledgements that come without batches are written after this long.</summary>
    private static readonly TimeSpan s_finishDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(250);

    /// <summary>The mailbox waits at most this long for the request of a session that it woke. Then senders get their receipts.</summary>
    private static readonly TimeSpan s_wakeLimit = TimeSpan.FromSeconds(3);

    /// <summary>A session that was woken and sent no request is woken this many times more, with this pause: the message to it may have been
    /// lost.</summary>
    private const int MostLooks = 5;
    private static readonly TimeSpan s_lookLater = TimeSpan.FromSeconds(1);

    /// <summary>Chats that a session did not read come first. If no more of them come, the chats of other senders wait at most this long.</summary>
    private static readonly TimeSpan s_beforeLimit = TimeSpan.FromSeconds(2);

    /// <summary>The mailbox waits at most this long for a session that ended to say how much it has of what it was handed.</summary>
    private static readonly TimeSpan s_lastWordLimit = TimeSpan.FromSeconds(3);

    /// <summary>After a snapshot failed, the next one is tried after twice this long. The pause doubles with each further failure, up to 2 to the
    /// power of 7 times this.</summary>
    private static readonly TimeSpan s_saveAgain = TimeSpan.FromSeconds(2);
    private const int MostDoublings = 7;

    private readonly UserName _user;
    private readonly MailboxServices _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<(MailboxMessage.Store Batch, IActorRef Sender)> _batches = new();
    private readonly List<(MailboxAnswer.Stored Answer, IActorRef Sender)> _answers = [];
    private readonly List<(MailboxAnswer.Stored Answer, IActorRef Sender)> _held = [];
    private readonly List<(MailboxMessage.Leave Leave, IActorRef Sender)> _leaves = [];
    private readonly MailboxReading _reading = new();
    private readonly StreamMarks _refusals = new();
    private ReaderId? _refusedFor;
    private ReaderId? _gone;
    private ReaderId? _left;
    private (NodeId, long)? _before;
    private long _beforeSince;
    private MailboxState _state;
    private MailboxEvent.Returned? _returned;
    private long _lift;
    private long _released;
    private long _finish;
    private long _heldSince;
    private long _snapshotAt;
    private int _savedEpoch;
    private int _savingEpoch;
    private int _saveFailures;
    private long _saveFailed;
    private int? _openEpoch;
    private int _turnEpoch;
    private bool _isBusy;
    private int _looks;
    private readonly Queue<long> _keptFrom = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private int? _markedEpoch;
    private bool _saving;
    private bool _stopping;
    private bool _failed;
    private bool _wantsTurn;
    private bool _triedToSave;

    /// <summary>Makes the mailbox.</summary>
    /// <param name="user">Its owner.</param>
    /// <param name="services">What all mailboxes of a node use.</param>
    public MailboxActor(UserName user, MailboxServices services)
    {
        _user = user;
        _services = services;
        _savedEpoch = services.Epoch.Value;
        _state = new MailboxState(services.Settings);
        PersistenceId = PersistenceIdOf(user);
        Recover<SnapshotOffer>(offer =>
        {
            _state = MailboxSnapshot.FromBytes((byte[])offer.Snapshot, services.Settings);
            _snapshotAt = offer.Metadata.SequenceNr;
        });
        Recover<MailboxEvent>(happened => _state.Apply(happened));
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<MailboxMessage.Store>(OnStore);
        Command<MailboxMessage.Pull>(OnPull);
        Command<MailboxMessage.Leave>(OnLeave);
        Command<MailboxMessage.Look>(_ => Sender.Tell(new MailboxAnswer.Depth(_state.Waiting, _state.WaitingBytes, _state.Last, _reading.Reader)));
        Command<ReaderChecked>(OnReaderChecked);
        Command<Marked>(OnMarked);
        Command<Checked>(OnChecked);
        Command<CheckAgain>(_ => Check());
        Command<LookAgain>(_ => _services.Registry.FindAsync(_user).PipeTo(
            Self, success: found => new Looked(found), failure: e => new Looked(new FindOutcome.Unavailable(e.Message))));
        Command<Looked>(m => Wake(m.Found));
        Command<FinishDue>(_ => Work());
        Command<LastWordDue>(_ =>
        {
            if (_reading.IsOpen)
                _log.Info("A session ended without saying what its client got last: messages with an id are handed out again, others may be lost");
            _reading.GiveUpOpen();
            Answer();
        });
        Command<SaveSnapshotSuccess>(OnSaved);
        Command<SaveSnapshotFailure>(m =>
        {
            _saving = false;
            _saveFailures++;
            _saveFailed = _services.Time.GetTimestamp();
            _log.Warning("A mailbox could not be saved whole: it goes on with its events, and is saved again later: {0}", m.Cause.Message);
            StopIfRested();
        });
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(m => _log.Warning("Old events of a mailbox could not be deleted, the next snapshot deletes them: {0}", m.Cause.Message));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(m => _log.Warning("Old snapshots of a mailbox could not be deleted, the next one deletes them: {0}", m.Cause.Message));
        Command<ReceiveTimeout>(_ => OnUnused());
        Command<Cleared>(_ => Context.Parent.Tell(new Akka.Cluster.Sharding.Passivate(Stop.Instance)));
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

    /// <summary>The persistence id of a user's mailbox.</summary>
    public static string PersistenceIdOf(UserName user) => "mailbox-" + KeyText.Of(user);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Wherever this mailbox starts next, it knows no reader, so the present reader is told to ask again. If this instance failed, the reader is
        // told after a pause: the next instance may fail as well, and would be started, read and written without a pause.
        if (_reading is { IsAsking: true, Reader: { } reader })
        {
            var (gateway, nudge) = (Context.System.GatewayOf(reader.Node), new MailboxAnswer.Nudge(_user.Text, reader.Connection));
            if (_failed)
                Context.System.Scheduler.ScheduleTellOnce(s_lookLater, gateway, nudge, ActorRefs.NoSender);
            else
                gateway.Tell(nudge);
        }

        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _failed = true;
        _log.Warning("A mailbox could not write events ({0}): it stops without an answer, and the next message to it starts it", cause.Message);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // The event was applied already, but is not kept. So this state must end, as it does after a write that failed.
        _failed = true;
        _log.Error(cause, "A mailbox wrote an event that the journal rejected: it stops without an answer, and the next message to it starts it");
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Warning("A mailbox could not be read from the store ({0}): it stops without an answer, and the next message to it starts it", reason.Message);

    private void OnRecovered()
    {
        _released = _state.Last;
        Context.SetReceiveTimeout(_services.Settings.PassivateAfter);
    }

    private void OnStore(MailboxMessage.Store batch)
    {
        if (batch.NotReader is { } gone)
        {
            _gone = gone;
            if (_reading.Reader == gone)
                Forget();
        }

        if (MustWait(batch))
            return;
        if (_refusals.Find(batch.Origin, batch.Stream) is { } refused && refused.UpTo >= batch.First)
        {
            // This is a copy of a batch that was refused. Its chats went another way meanwhile.
            Sender.Tell(new MailboxAnswer.Online(batch.Stream, batch.First, _refusedFor!));
            return;
        }

        if (_reading.IsDrained)
        {
            Refuse(batch);
            return;
        }

        if (_stopping || _batches.Count >= MostBatches)
            return;
        _batches.Enqueue((batch, Sender));
        Work();
    }

    /// <summary>True if a batch must not be taken now, because chats that a session did not read come first. It is dropped, and its sender sends it
    /// again.</summary>
    private bool MustWait(MailboxMessage.Store batch)
    {
        var stream = (batch.Origin, batch.Stream);
        if (_before == stream || (batch.More && _before is null))
        {
            _before = batch.More ? stream : null;
            _beforeSince = _services.Time.GetTimestamp();
            return false;
        }

        return _before is not null && _services.Time.GetElapsedTime(_beforeSince) < s_beforeLimit;
    }

    /// <summary>Refuses a batch, because the reader has read everything: new chats go to it directly. A batch without new chats is answered as
    /// stored.</summary>
    private void Refuse(MailboxMessage.Store batch)
    {
        var (answer, stored) = _state.Decide(batch, Now());
        if (stored is null)
        {
            Sender.Tell(answer);
            return;
        }

        _refusedFor = _reading.Reader!;
        _refusals.Set(batch.Origin, batch.Stream, stored.UpTo, []);
        Sender.Tell(new MailboxAnswer.Online(batch.Stream, batch.First, _refusedFor));
    }

    private void OnPull(MailboxMessage.Pull pull)
    {
        if (_reading.Reader is { } other && other != pull.Reader)
        {
            // The previous session may send a last request. The registry knows which session is the present one.
            var sender = Sender;
            _services.Registry.FindAsync(_user).PipeTo(
                Self,
                success: outcome => new ReaderChecked(pull, sender, IsOwner(outcome, pull.Reader)),
                failure: _ => new ReaderChecked(pull, sender, false));
            return;
        }

        Take(pull, Sender);
    }

    private static bool IsOwner(FindOutcome outcome, ReaderId reader) =>
        outcome is FindOutcome.Found found && found.Session.Owner.Node == reader.Node && found.Session.Owner.Connection == reader.Connection;

    private void OnReaderChecked(ReaderChecked answer)
    {
        // The session may have left while the registry was asked. It will not leave a second time, so it must not become the reader.
        if (answer.IsOwner && answer.Pull.Reader != _left)
            Take(answer.Pull, answer.Sender);
    }

    /// <summary>Forgets the reader. Messages that were about to be handed to it wait again.</summary>
    private void Forget()
    {
        if (_reading.Forget() is { } unhanded)
            _returned = unhanded;
    }

    private void Take(MailboxMessage.Pull pull, IActorRef sender)
    {
        if (_reading.Reader is { } before && before != pull.Reader)
            Forget();
        if (!_reading.Take(pull, sender, _services.Time))
            return;
        if (!_reading.IsOpen)
            Timers.Cancel(LastWordDue.Instance);
        if (_gone == pull.Reader)
            _gone = null;
        if (pull.Have > _state.Done && (pull.Have > _state.Last || (pull.Life != 0 && pull.Life != _state.Life)))
        {
            _lift = Math.Max(_lift, pull.Have);
            Work();
        }
        else if (pull.Life == _state.Life)
        {
            // A reader that does not acknowledge asks only when the client has what it was handed. An older build does not send Done.
            var done = pull.Acks ? pull.Done : Math.Max(pull.Done, pull.Have);

            // A reader that has everything waits to be told so.
            Finish(Math.Min(done, _released), atOnce: !pull.Acks && done >= _released);
        }

        ReleaseHeld();
        Answer();
    }

    private void OnLeave(MailboxMessage.Leave leave)
    {
        _left = leave.Reader;
        var isKnown = _reading.Knows(leave.Reader);
        if (_reading.TakeBack(leave.Reader, leave.Have) is { } returned)
            _returned = returned;
        if (_reading.Reader == leave.Reader)
            Forget();
        if (isKnown || (leave.Life != 0 && leave.Life == _state.Life))
            Finish(Math.Min(leave.Done, _released), atOnce: true);
        if (leave.Life != 0)
            _leaves.Add((leave, Sender));

        if (!_reading.IsOpen)
            Timers.Cancel(LastWordDue.Instance);
        Work();
        Answer();
        if (!_isBusy)
            AnswerLeaves();
    }

    /// <summary>Answers sessions that left, when what they reported is kept. Only between turns.</summary>
    private void AnswerLeaves()
    {
        foreach (var (leave, sender) in _leaves.Where(l => IsKept(l.Leave)))
            sender.Tell(new MailboxAnswer.Left(leave.Done));
        _leaves.RemoveAll(l => IsKept(l.Leave));
    }

    private bool IsKept(MailboxMessage.Leave leave) => leave.Life != _state.Life || Math.Min(leave.Done, _state.Last) <= _state.Done;

    /// <summary>Remembers that all messages up to a number are done with. This is written in the next turn, or after a short delay.</summary>
    private void Finish(long upTo, bool atOnce)
    {
        if (upTo <= Math.Max(_state.Done, _finish))
            return;
        _finish = upTo;
        if (atOnce)
            Work();
        else if (!_isBusy && !Timers.IsTimerActive(FinishDue.Instance))
            Timers.StartSingleTimer(FinishDue.Instance, FinishDue.Instance, s_finishDelay);
    }

    /// <summary>Begins a turn, if there is something to do and no turn is in progress.</summary>
    private void Work()
    {
        if (_isBusy || !HasWork)
            return;
        Timers.Cancel(FinishDue.Instance);

        // An instance that opens the mailbox takes over the mark of the instance before it. That one cannot delete the mark any more.
        if (IsMarked || (_batches.Count == 0 && _returned is null && !MustOpen))
            Decide();
        else
        {
            _isBusy = true;
            var epoch = _services.Epoch.Value;
            _services.Marks.MarkAsync(_user, _mark).PipeTo(Self, success: () => new Marked(epoch, null), failure: e => new Marked(epoch, e));
        }
    }

    private bool HasWork => _batches.Count > 0 || _finish > _state.Done || _returned is not null || _lift > _state.Done
        || (MustOpen && (_reading.IsAsking || _wantsTurn));

    /// <summary>True until this instance has written an event, which ends all older instances. True again after the store may have lost the mailbox:
    /// another instance may have started there with an empty journal. While it is true, nothing is handed out.</summary>
    private bool MustOpen => _openEpoch != _services.Epoch.Value;

    /// <summary>True if this instance set the mark, and the store cannot have lost it since.</summary>
    private bool IsMarked => _markedEpoch == _services.Epoch.Value;

    private void OnMarked(Marked marked)
    {
        _isBusy = false;
        _markedEpoch = marked.Failure is null ? marked.Epoch : null;
        if (marked.Failure is null)
            Work();
        else
            GiveUp(marked.Failure);
    }

    /// <summary>Drops the batches that wait for their turn. Their senders send them again.</summary>
    private void GiveUp(Exception failure)
    {
        _log.Warning("A mailbox could not set its mark in Redis: waiting chats are sent again by their nodes: {0}", failure.GetBaseException().Message);
        _batches.Clear();
        StopIfRested();
    }

    private void Decide()
    {
        List<MailboxEvent> events = [];
        var now = Now();
        _turnEpoch = _services.Epoch.Value;
        _wantsTurn = false;

        // Messages that return have the last numbers that were done with. So they must come before more messages are done with.
        if (_returned is { } returned)
            Happen(events, returned);
        _returned = null;
        var finish = Math.Max(_finish, _state.Expired(now));
        _finish = 0;
        if (finish > _state.Done)
            Happen(events, new MailboxEvent.Finished(finish));
        if (_lift > _state.Done)
            Happen(events, new MailboxEvent.Lifted(_lift, now));
        _lift = 0;
        while (_batches.TryDequeue(out var next))
        {
            var (answer, stored) = _state.Decide(next.Batch, now, _services.Marks.HasSpace);
            if (stored is not null)
                Happen(events, stored);
            _answers.Add((answer, next.Sender));
        }

        // An instance that opens the mailbox writes an event, even if nothing happened.
        if (events.Count == 0 && MustOpen)
            Happen(events, new MailboxEvent.Finished(_state.Done));
        _isBusy = true;
        if (events.Count == 0)
        {
            Check();
            return;
        }

        var left = events.Count;
        PersistAllAsync(events, happened =>
        {
            if (happened is MailboxEvent.Stored stored)
                Trace(stored);
            if (--left == 0)
                OnKept();
        });
    }

    /// <summary>Applies an event before it is kept. If it cannot be kept, this actor ends, and its state with it.</summary>
    private void Happen(List<MailboxEvent> events, MailboxEvent happened)
    {
        _state.Apply(happened);
        events.Add(happened);
        if (happened is MailboxEvent.Stored stored)
            _keptFrom.Enqueue(_state.Last - stored.Kept.Count + 1);
    }

    private void Trace(MailboxEvent.Stored stored)
    {
        var number = _keptFrom.Dequeue();
        foreach (var entry in stored.Kept)
            _services.Trace.Note(LinkEntry.ReadChat(entry).Id, HopKind.Kept, number++);
    }

    private void OnKept()
    {
        _openEpoch = _turnEpoch;
        Check();
    }

    /// <summary>True if the store may have come back without this mailbox. Then the state in memory may be all that is left of it.</summary>
    private bool StoreMayHaveLost => _savedEpoch != _services.Epoch.Value && LastSequenceNr > 0;

    /// <summary>True if the store is full, and this mailbox is empty but still has events. They are deleted after a snapshot is saved.</summary>
    private bool FreesSpace => !_services.Marks.HasSpace && _state.Waiting == 0 && LastSequenceNr > _snapshotAt;

    /// <summary>Saves a snapshot if one is due. Only between turns, when everything that was applied is kept.</summary>
    private void SaveIfDue()
    {
        if (MustOpen || !(StoreMayHaveLost || FreesSpace || LastSequenceNr - _snapshotAt >= _services.Settings.SnapshotEvery))
            return;
        var pause = s_saveAgain * (1 << Math.Min(_saveFailures, MostDoublings));
        if (_saving || (_saveFailures > 0 && _services.Time.GetElapsedTime(_saveFailed) < pause))
            return;
        _savingEpoch = _services.Epoch.Value;
        _saving = true;
        SaveSnapshot(MailboxSnapshot.ToBytes(_state));
    }

    /// <summary>Asks Redis whether this node may still answer. If messages wait and no reader is present, it also asks the registry for a
    /// session.</summary>
    private void Check()
    {
        var looks = _state.Waiting > 0 && !_reading.IsPresent(_services.Time);
        CheckAsync(looks).PipeTo(Self, failure: _ => new Checked(null, null));
    }

    private async Task<Checked> CheckAsync(bool looks)
    {
        var fenced = _services.Marks.IsFencedAsync(_services.Self);
        var found = looks ? _services.Registry.FindAsync(_user) : null;
        return new Checked(await fenced.ConfigureAwait(false), found is null ? null : await found.ConfigureAwait(false));
    }

    private void OnChecked(Checked answer)
    {
        if (answer.IsFenced is null || answer.Found is FindOutcome.Unavailable)
        {
            Timers.StartSingleTimer(CheckAgain.Instance, CheckAgain.Instance, s_again);
            return;
        }

        if (answer.IsFenced == true)
        {
            // There is no answer: another node runs this mailbox, or will.
            _failed = true;
            Context.Stop(Self);
            return;
        }

        SaveIfDue();
        _released = _state.Last;
        _held.AddRange(_answers);
        _answers.Clear();
        _looks = 0;
        Wake(answer.Found);
        _isBusy = false;
        AnswerLeaves();
        Answer();
        Work();
        StopIfRested();
    }

    /// <summary>Wakes the session that the registry names. Senders wait for their receipts until that session has sent a request.</summary>
    private void Wake(FindOutcome? found)
    {
        if (_held.Count > 0 && _heldSince == 0)
            _heldSince = _services.Time.GetTimestamp();
        if (_reading.IsPresent(_services.Time) || found is null or FindOutcome.NotFound)
        {
            ReleaseHeld();
            return;
        }

        // The registry names a session that was reported as ended. Senders need not wait for it, but it is woken: it may still be there, if the
        // registry lost its entry.
        if ((_gone is { } gone && IsOwner(found, gone)) || (_held.Count > 0 && _services.Time.GetElapsedTime(_heldSince) >= s_wakeLimit))
            ReleaseHeld();
        if (found is FindOutcome.Found { Session: var session })
        {
            Context.System.GatewayOf(session.Owner.Node).Tell(new MailboxAnswer.Nudge(_user.Text, session.Owner.Connection));

            // A session that acknowledges takes no chats that bypass the mailbox, so senders need not wait for it.
            if (session.Mode == SessionModes.Ack)
                ReleaseHeld();
        }

        if (_held.Count > 0)
            Timers.StartSingleTimer(LookAgain.Instance, LookAgain.Instance, s_again);
        else if (_state.Waiting > 0 && _looks++ < MostLooks)
            Timers.StartSingleTimer(LookAgain.Instance, LookAgain.Instance, s_lookLater);
    }

    private void ReleaseHeld()
    {
        Timers.Cancel(LookAgain.Instance);
        _heldSince = 0;
        foreach (var (answer, sender) in _held)
            sender.Tell(answer);
        _held.Clear();
    }

    /// <summary>Answers the reader's request, if there is something to answer.</summary>
    private void Answer()
    {
        if (!_reading.IsAsking || (_isBusy && _reading.Have > _released))
            return;
        if (MustOpen || _lift > _state.Done || _returned is not null)
        {
            // This is also right if a turn that would have written these could not begin: the next request of the reader tries it again.
            Work();
            return;
        }

        if (_reading.IsOpen)
        {
            if (!Timers.IsTimerActive(LastWordDue.Instance))
                Timers.StartSingleTimer(LastWordDue.Instance, LastWordDue.Instance, s_lastWordLimit);
            return;
        }

        if (_reading.Acks)
        {
            var (first, count, entries) = _state.Read(Math.Max(_reading.Have, _finish), _released, _reading.Budget);
            if (count > 0 || _reading.IsOpening)
                _reading.Answer(_state.Life, first, count, Math.Max(0, _released - Math.Max(_state.Done, _finish)), isDrained: false, entries);
        }
        else if (!_reading.HandAgain())
            Hand();
    }

    /// <summary>Hands out messages to a reader that does not acknowledge. A message with an id is deleted when the reader says that the client has
    /// it; after a failure it may come again. A message without an id comes at most once, so it is deleted first.</summary>
    private void Hand()
    {
        if (_reading.Handing is { } ready)
        {
            if (!_isBusy)
                _reading.Hand(ready);
            return;
        }

        var after = Math.Max(_reading.Have, _finish);
        var (first, count, entries) = _state.Read(after, _released, _reading.Budget, alike: true);
        var waiting = Math.Max(0, _released - Math.Max(_state.Done, after));
        if (count > 0 && _state.HasId(first))
            _reading.Answer(_state.Life, first, count, waiting, isDrained: false, entries);
        else if (_isBusy)
            return;
        else if (count > 0)
        {
            _reading.Handing = new MailboxAnswer.Chunk(0, _state.Life, first, count, waiting, IsDrained: false, entries);
            Finish(first + count - 1, atOnce: true);
        }
        else if (_batches.Count == 0 && _state.Waiting == 0)
        {
            _reading.IsDrained = true;
            _reading.Answer(_state.Life, first, 0, 0, isDrained: true, entries);
        }
    }

    private void OnSaved(SaveSnapshotSuccess saved)
    {
        _saving = false;
        _saveFailures = 0;
        _savedEpoch = _savingEpoch;
        _snapshotAt = saved.Metadata.SequenceNr;
        DeleteMessages(_snapshotAt);
        DeleteSnapshots(new SnapshotSelectionCriteria(_snapshotAt - 1));
        StopIfRested();
    }

    private void OnUnused()
    {
        if (_isBusy || _held.Count > 0 || _reading.Handing is not null)
            return;
        if (StoreMayHaveLost)
        {
            SaveOnceMore();
            return;
        }

        if (IsMarked && _state.Waiting == 0)
        {
            // The mark is deleted before the actor stops. A batch that comes from now on sets it again.
            _markedEpoch = null;
            _services.Marks.ClearAsync(_user, _mark).PipeTo(Self, success: () => Cleared.Instance, failure: _ => Cleared.Instance);
        }
        else
            Self.Tell(Cleared.Instance);
    }

    /// <summary>Saves a state that may be only in memory. If another instance may have started in the empty store, a turn comes first.</summary>
    private void SaveOnceMore()
    {
        _wantsTurn = true;
        Work();
        if (!_isBusy)
            SaveIfDue();
    }

    private void StopIfRested()
    {
        if (!_stopping || _isBusy || _saving)
            return;
        if (StoreMayHaveLost && !_triedToSave)
        {
            _triedToSave = true;
            SaveOnceMore();
            if (_isBusy || _saving)
                return;
        }

        Context.Stop(Self);
    }

    private long Now() => _services.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Ends this instance when its turn is over. The mailbox starts again on another node, or here with the next message to it.</summary>
    public sealed class Stop
    {
        /// <summary>The one instance.</summary>
        public static readonly Stop Instance = new();
    }

    private sealed record ReaderChecked(MailboxMessage.Pull Pull, IActorRef Sender, bool IsOwner);

    private sealed record Marked(int Epoch, Exception? Failure);

    private sealed record Checked(bool? IsFenced, FindOutcome? Found);

    private sealed class CheckAgain
    {
        public static readonly CheckAgain Instance = new();
    }

    private sealed class LookAgain
    {
        public static readonly LookAgain Instance = new();
    }

    private sealed record Looked(FindOutcome Found);

    private sealed class FinishDue
    {
        public static readonly FinishDue Instance = new();
    }

    private sealed class LastWordDue
    {
        public static readonly LastWordDue Instance = new();
    }

    private sealed class Cleared
    {
        public static readonly Cleared Instance = new();
    }
}
