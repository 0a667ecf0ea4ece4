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

/// <summary>The mailbox of one user, on whichever node sharding puts it.</summary>
/// <remarks>
/// <code>
/// Resting --batches, acknowledgements--> Marking --marked--> Persisting --kept--> Checking --may answer--> Resting
/// </code>
/// One turn at a time; what comes meanwhile goes with the next one, so batches grow with the load. Nothing leaves this actor before it
/// has written: the journal takes only what follows the last number that it knows, so another instance of the mailbox, which was frozen
/// for a while, keeps nothing more from then on, and one whose write is refused ends without an answer. Nor before Redis said that this
/// node was not declared dead. Where it knows no reader it also looks for a session that began meanwhile, and wakes it before anybody gets a receipt: from then on that
/// session takes nothing past the mailbox. docs/delivery.md, "Mailboxes".
/// </remarks>
internal sealed class MailboxActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>At most so many batches wait for their turn; one more is dropped, and comes again.</summary>
    private const int MostBatches = 1024;

    /// <summary>Acknowledgements alone are kept together after this long.</summary>
    private static readonly TimeSpan s_finishDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(250);

    /// <summary>A session that was woken and did not come is waited for this long; then senders get their receipts.</summary>
    private static readonly TimeSpan s_wakeLimit = TimeSpan.FromSeconds(3);

    /// <summary>A session that was woken and has not come is woken so many times more, with this pause: a word to it may be lost.</summary>
    private const int MostLooks = 5;
    private static readonly TimeSpan s_lookLater = TimeSpan.FromSeconds(1);

    /// <summary>Where nothing more comes of the chats that come first, the others wait no longer than this.</summary>
    private static readonly TimeSpan s_beforeLimit = TimeSpan.FromSeconds(2);

    /// <summary>So long a mailbox waits for what a session that ended has to say of what it was handed.</summary>
    private static readonly TimeSpan s_lastWordLimit = TimeSpan.FromSeconds(3);

    /// <summary>A mailbox that could not be saved whole is saved again after this long, and after twice as long each time it fails again.</summary>
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
                _log.Info("A session ended without a word of what it got last: what has an id is handed out again, what has none may be lost");
            _reading.GiveUpOpen();
            Answer();
        });
        Command<SaveSnapshotSuccess>(OnSaved);
        Command<SaveSnapshotFailure>(m =>
        {
            _saving = false;
            _saveFailures++;
            _saveFailed = _services.Time.GetTimestamp();
            _log.Warning("A mailbox could not be saved whole, it goes on with its events: {0}", m.Cause.Message);
            StopIfRested();
        });
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(m => _log.Warning("Old events of a mailbox stay: {0}", m.Cause.Message));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(m => _log.Warning("Old snapshots of a mailbox stay: {0}", m.Cause.Message));
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
        // Wherever this mailbox goes on, it knows no reader: this one shall ask again. Where this instance could not go on that is not at
        // once: the next one may fare no better, and would be asked, read and written as fast as it goes.
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
        _log.Warning("A mailbox cannot write ({0}); it starts again when it is asked again", cause.Message);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        // It was applied already, and is not kept: as where it fails, this state ends.
        _failed = true;
        _log.Error(cause, "A mailbox wrote what the journal does not take; it starts again when it is asked again");
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Warning("A mailbox cannot be read ({0}); it starts again when it is asked again", reason.Message);

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
            // A copy of one that was refused: its chats went another way meanwhile.
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

    /// <summary>Chats that a session had and did not read come before those of other senders, who send theirs again.</summary>
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

    /// <summary>The reader has all there was: what is new goes there directly.</summary>
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
            // The session of before may ask a last time. The registry knows whose turn it is.
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
        // It may have said its last word while the registry was asked, and says no other one.
        if (answer.IsOwner && answer.Pull.Reader != _left)
            Take(answer.Pull, answer.Sender);
    }

    /// <summary>The reader goes. What was about to be handed to it waits again.</summary>
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
            // A reader that does not acknowledge asks only when the client has what it was handed; one of an older build does not say so.
            var done = pull.Acks ? pull.Done : Math.Max(pull.Done, pull.Have);

            // One that has everything waits to hear so.
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

    /// <summary>Tells sessions that ended what is kept of what they said. Only between turns.</summary>
    private void AnswerLeaves()
    {
        foreach (var (leave, sender) in _leaves.Where(l => IsKept(l.Leave)))
            sender.Tell(new MailboxAnswer.Left(leave.Done));
        _leaves.RemoveAll(l => IsKept(l.Leave));
    }

    private bool IsKept(MailboxMessage.Leave leave) => leave.Life != _state.Life || Math.Min(leave.Done, _state.Last) <= _state.Done;

    /// <summary>Remembers that all up to a number are done with, to be kept with the next turn, or soon.</summary>
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

    /// <summary>Begins a turn, where there is something to do and none is under way.</summary>
    private void Work()
    {
        if (_isBusy || !HasWork)
            return;
        Timers.Cancel(FinishDue.Instance);

        // Whoever opens a mailbox takes over the mark of the instance before it, which cannot take it away any more.
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

    /// <summary>True until this instance has written something, which ends all instances before it, and again where the store may have come
    /// back without the mailbox: another one may have begun anew there. Until then it hands out nothing.</summary>
    private bool MustOpen => _openEpoch != _services.Epoch.Value;

    /// <summary>True where this instance set the mark, in the store as it is now.</summary>
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

    /// <summary>What waits for its turn is dropped: its senders send it again.</summary>
    private void GiveUp(Exception failure)
    {
        _log.Warning("A mailbox cannot write: {0}", failure.GetBaseException().Message);
        _batches.Clear();
        StopIfRested();
    }

    private void Decide()
    {
        List<MailboxEvent> events = [];
        var now = Now();
        _turnEpoch = _services.Epoch.Value;
        _wantsTurn = false;

        // What returns has the last numbers that were done with: it comes before there are more of them.
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

        // Whoever opens a mailbox writes, though nothing happened.
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

    /// <summary>Applied before it is kept: where keeping it fails this actor ends, and its state with it.</summary>
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

    /// <summary>True where the store may have come back without this mailbox: what is in memory is all there is of it.</summary>
    private bool StoreMayHaveLost => _savedEpoch != _services.Epoch.Value && LastSequenceNr > 0;

    /// <summary>True where the store is full of events whose messages were read: they go when the mailbox, which is empty, was saved.</summary>
    private bool FreesSpace => !_services.Marks.HasSpace && _state.Waiting == 0 && LastSequenceNr > _snapshotAt;

    /// <summary>Saves the mailbox whole where that is due. Only between turns, when everything that was applied is kept.</summary>
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

    /// <summary>Asks whether this node may still answer, and whether somebody is there who does not know that something waits.</summary>
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
            // No answer: another node holds this mailbox, or will.
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

    /// <summary>Wakes the session that the registry names, and lets senders wait for their receipts until it came.</summary>
    private void Wake(FindOutcome? found)
    {
        if (_held.Count > 0 && _heldSince == 0)
            _heldSince = _services.Time.GetTimestamp();
        if (_reading.IsPresent(_services.Time) || found is null or FindOutcome.NotFound)
        {
            ReleaseHeld();
            return;
        }

        // The registry names who was said to be gone: nobody has to wait for it, but it may live, where the registry lost it for a while.
        if ((_gone is { } gone && IsOwner(found, gone)) || (_held.Count > 0 && _services.Time.GetElapsedTime(_heldSince) >= s_wakeLimit))
            ReleaseHeld();
        if (found is FindOutcome.Found { Session: var session })
        {
            Context.System.GatewayOf(session.Owner.Node).Tell(new MailboxAnswer.Nudge(_user.Text, session.Owner.Connection));

            // Who acknowledges gets nothing past the mailbox: nobody has to wait.
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

    /// <summary>Gives the reader what it asked for, where there is something.</summary>
    private void Answer()
    {
        if (!_reading.IsAsking || (_isBusy && _reading.Have > _released))
            return;
        if (MustOpen || _lift > _state.Done || _returned is not null)
        {
            // Also where a turn that would have kept these could not begin: the reader who asks again is what tries it again.
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

    /// <summary>Hands out to a reader who does not acknowledge. What has an id is forgotten when the reader says that the client has it:
    /// after a failure it may come again. What has none comes at most once: it is forgotten first.</summary>
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
            // The mark goes before the actor does: what comes from here on sets it again.
            _markedEpoch = null;
            _services.Marks.ClearAsync(_user, _mark).PipeTo(Self, success: () => Cleared.Instance, failure: _ => Cleared.Instance);
        }
        else
            Self.Tell(Cleared.Instance);
    }

    /// <summary>Saves what may be in memory only, behind a turn of its own where another instance may have begun anew.</summary>
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

    /// <summary>Ends the mailbox here, when its turn is over; it goes on elsewhere, or when it is asked again.</summary>
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
