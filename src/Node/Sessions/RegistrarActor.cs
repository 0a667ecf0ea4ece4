using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>Claims and releases this node's sessions in the registry, one operation per user at a time, and makes them known here.</summary>
/// <remarks>
/// A release that Redis did not take is tried again until it did, or the whole node is cleaned up after. A claim whose answer did not
/// come may stand in Redis: it is released as well. A claim whose connection closed is not sent any more; where it was, and succeeded, it
/// is released and nobody is replaced. Once a second the node says that it lives; when the registry was away or lost its
/// data, every live session is claimed again, and one that was claimed later elsewhere wins. Besides, each session is compared with the
/// registry every three seconds: whatever it lost in silence, as in a failover, is claimed again. What a login says and what a session gets
/// is in order, because the session becomes reachable here, after the answer was written, and nowhere else.
/// </remarks>
internal sealed class RegistrarActor : ReceiveActor, IWithTimers
{
    /// <summary>How many sessions are claimed again at a time: the rest waits, so that logins get through.</summary>
    private const int RestoresAtOnce = 64;

    /// <summary>How many logins ask the registry at a time.</summary>
    private const int ClaimsAtOnce = 64;

    private static readonly TimeSpan s_attendInterval = TimeSpan.FromSeconds(1);

    private readonly NodeId _self;
    private readonly ISessionRegistry _registry;
    private readonly IMailboxMarks? _marks;
    private readonly StoreEpoch _epoch;
    private readonly RouteTable _routes;
    private readonly LinkTable _links;
    private readonly SecondLogin _secondLogin;
    private readonly TimeSpan _retryInterval;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly OperationLines _lines = new();
    private readonly List<IActorRef> _awaitIdle = [];
    private readonly LiveSessions _live = new();
    private readonly Admission _admission = new(ClaimsAtOnce);
    private int _restoring;
    private bool _attending;
    private bool _mayHaveLost;
    private bool _fenced;

    /// <summary>Makes the registrar.</summary>
    public RegistrarActor(
        NodeId self,
        ISessionRegistry registry,
        RouteTable routes,
        LinkTable links,
        SecondLogin secondLogin,
        TimeSpan retryInterval,
        TimeProvider time,
        StoreEpoch epoch,
        IMailboxMarks? marks = null)
    {
        _self = self;
        _epoch = epoch;
        _marks = marks;
        _registry = registry;
        _routes = routes;
        _links = links;
        _secondLogin = secondLogin;
        _retryInterval = retryInterval;
        _time = time;
        Receive<SessionOperation.Release>(OnRelease);
        Receive<SessionOperation>(Enqueue);
        Receive<ClaimDone>(OnClaimed);
        Receive<ReleaseDone>(OnReleased);
        Receive<RestoreDone>(OnRestored);
        Receive<Compared>(OnCompared);
        Receive<MarkSeen>(m =>
        {
            if (m.MayWait && _live.IsLive(m.Session))
                m.Session.Connection.Actor.Tell(new MailboxAnswer.Nudge(m.Session.User.Text, m.Session.Connection.Id));
        });
        Receive<RetryRelease>(m => Start(m.Release));
        Receive<Attend>(_ => OnAttend());
        Receive<AttendOutcome>(OnAttended);
        Receive<AwaitIdle>(_ =>
        {
            // From here on the node takes itself off the list: it must not say that it lives any more.
            Timers.Cancel(Attend.Instance);
            _awaitIdle.Add(Sender);
            AnswerIfIdle();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(Attend.Instance, Attend.Instance, s_attendInterval);

    private void OnAttend()
    {
        if (_attending || _awaitIdle.Count > 0)
            return;
        _attending = true;
        _registry.AttendAsync(_self).PipeTo(
            Self, success: outcome => outcome, failure: e => new AttendOutcome.Unavailable(e.GetBaseException().Message));
    }

    private void OnAttended(AttendOutcome outcome)
    {
        _attending = false;
        AnswerIfIdle();
        switch (outcome)
        {
            case AttendOutcome.Fenced:
                OnFenced();
                break;
            case AttendOutcome.Unavailable:
                _mayHaveLost = true;
                break;
            case AttendOutcome.Added or AttendOutcome.Known when outcome is AttendOutcome.Added || _mayHaveLost:
                _mayHaveLost = false;
                _epoch.Next();
                if (_live.RestoreAll() is > 0 and var count)
                    _log.Info("The session registry is back: claiming {0} live sessions again", count);
                RestoreMore();
                break;
            default:
                foreach (var session in _live.NextToCompare())
                    Compare(session);
                break;
        }
    }

    private void OnFenced()
    {
        _fenced = true;
        Context.Parent.Tell(Fenced.Instance);
    }

    private void RestoreMore()
    {
        while (_restoring < RestoresAtOnce && _live.NextToRestore() is { } session)
            Restore(session);
    }

    private void Restore(LocalSession session)
    {
        _restoring++;
        Enqueue(new SessionOperation.Restore(session));
    }

    private void Compare(LocalSession session) => _registry.FindAsync(session.User).PipeTo(
        Self,
        success: outcome => new Compared(session, outcome),
        failure: e => new Compared(session, new FindOutcome.Unavailable(e.GetBaseException().Message)));

    private void OnCompared(Compared compared)
    {
        // What has an operation in its line was changed, or is about to be.
        var session = compared.Session;
        if (compared.Outcome is FindOutcome.Unavailable || !_live.IsLive(session) || _lines.Has(session.User)
            || compared.Outcome is FindOutcome.Found found && found.Session.Owner == new SessionOwner(_self, session.Connection.Id))
            return;
        if (compared.Outcome is FindOutcome.NotFound)
            _log.Warning("The registry lost a session that lives here: claiming it again");
        Restore(session);
    }

    private void OnRelease(SessionOperation.Release release)
    {
        var claim = _lines.FindClaim(release.Session);
        if (claim is not { HasBegun: false })
        {
            claim?.Abandon();
            Enqueue(release);
            return;
        }

        // Nobody asked the registry yet: nothing stands there, and nobody is to be thrown out for a login whose client is gone.
        _admission.Withdraw(claim);
        if (_lines.Withdraw(claim) is { } next)
            Start(next);
        AnswerIfIdle();
    }

    private void Enqueue(SessionOperation operation)
    {
        if (_lines.Add(operation))
            Start(operation);
    }

    private void Start(SessionOperation operation)
    {
        if (operation is SessionOperation.Claim claim)
        {
            if (_admission.TryEnter(claim))
                Admit(claim);
        }
        else if (operation is SessionOperation.Restore late && !_live.IsLive(late.Session))
            Restored(late);
        else if (operation is SessionOperation.Restore restore)
        {
            ClaimAsync(restore.Session, ClaimPolicy.Restore).PipeTo(
                Self,
                success: outcome => new RestoreDone(restore, outcome),
                failure: e => new RestoreDone(restore, new ClaimOutcome.Unavailable(e.GetBaseException().Message)));
        }
        else if (operation is SessionOperation.Release superseded && IsSuperseded(superseded))
            Next(superseded.User);
        else if (operation is SessionOperation.Release release)
        {
            // Behind the claim in the line: whatever that made known here goes, too.
            _routes.ClearLocal(release.Session);
            _live.Remove(release.Session);
            _registry.ReleaseAsync(release.Session.User, new SessionOwner(_self, release.Session.Connection.Id)).PipeTo(
                Self,
                success: done => new ReleaseDone(release, done),
                failure: e =>
                {
                    _log.Error(e, "Release of a session failed");
                    return new ReleaseDone(release, false);
                });
        }
    }

    private void Admit(SessionOperation.Claim claim)
    {
        claim.HasBegun = true;
        if (_fenced)
            Self.Tell(new ClaimDone(claim, new ClaimOutcome.Fenced()));
        else
            Start(claim, gone: null);
    }

    private void Start(SessionOperation.Claim claim, NodeId? gone) =>
        ClaimAsync(claim, _secondLogin == SecondLogin.Replace && gone is null ? ClaimPolicy.Replace : ClaimPolicy.RefuseUnless(gone)).PipeTo(
            Self, failure: e => new ClaimDone(claim, new ClaimOutcome.Unavailable(e.GetBaseException().Message)));

    private async Task<ClaimDone> ClaimAsync(SessionOperation.Claim claim, ClaimPolicy policy)
    {
        var session = claim.Session;
        var outcome = await ClaimAsync(session, policy, claim.Abandoned).ConfigureAwait(false);

        // After the claim: what is kept from now on finds the session, and what was kept before left its mark.
        var reads = session.Acks
            || (outcome is ClaimOutcome.Claimed && _marks is not null && await _marks.MayWaitAsync(session.User).ConfigureAwait(false));
        return new ClaimDone(claim, outcome, reads);
    }

    private Task<ClaimOutcome> ClaimAsync(LocalSession session, ClaimPolicy policy, CancellationToken abandoned = default) =>
        _registry.ClaimAsync(session.User, new SessionOwner(_self, session.Connection.Id), session.Since, session.Mode, policy, abandoned);

    /// <summary>True where the same connection holds the session by a later claim: releasing by its number would end that one.</summary>
    private bool IsSuperseded(SessionOperation.Release release) =>
        _live.Find(release.User) is { } live && live != release.Session && live.Connection == release.Session.Connection;

    private void OnRestored(RestoreDone done)
    {
        var session = done.Restore.Session;
        switch (done.Outcome)
        {
            case ClaimOutcome.Claimed claimed:
                session.Since = claimed.Since;
                if (claimed.Previous is { } previous && previous.Node != _self)
                    _links.Find(previous.Node)?.TellReplaced(session.User, previous.Connection);

                // While the session was missing, its mailbox could not find it.
                _marks?.MayWaitAsync(session.User).PipeTo(Self, success: waits => new MarkSeen(session, waits), failure: _ => new MarkSeen(session, true));
                break;
            case ClaimOutcome.Refused refused when refused.IsProvisional || refused.Owner.Node == _self:
                // Whoever holds it may be refused yet, or is a claim of this node that is still to be released: the comparison looks again.
                break;
            case ClaimOutcome.Refused:
                session.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
                break;
            case ClaimOutcome.Fenced:
                OnFenced();
                break;
            case ClaimOutcome.Unavailable:
                _mayHaveLost = true;
                break;
        }

        Restored(done.Restore);
    }

    /// <summary>A session was claimed again, or there was no need any more.</summary>
    private void Restored(SessionOperation.Restore restore)
    {
        _restoring--;
        Next(restore.User);
        RestoreMore();
    }

    private void OnClaimed(ClaimDone done)
    {
        var (session, welcome) = done.Claim;
        switch (done.Outcome)
        {
            case ClaimOutcome.Claimed or ClaimOutcome.Abandoned when done.Claim.Abandoned.IsCancellationRequested:
                // Its release is the next in the line. Whoever held the session keeps it, and puts it back: here at once, elsewhere when it compares.
                if (_live.Find(session.User) is { } before)
                {
                    _restoring++;
                    _lines.Add(new SessionOperation.Restore(before));
                }

                break;
            case ClaimOutcome.Claimed claimed:
                session.Since = claimed.Since;
                Arrive(session, welcome, done.ReadsMailbox);
                if (claimed.Previous is { } previous && previous.Node != _self)
                    _links.Find(previous.Node)?.TellReplaced(session.User, previous.Connection);
                session.Connection.Actor.Tell(new ClaimAnswer(ErrorCode.None, done.ReadsMailbox));
                break;
            case ClaimOutcome.Refused refused when refused.Owner.Node != _self && _links.Find(refused.Owner.Node) is null && !done.Claim.IsRetry:
                // Its holder is no living member: a session that was left behind must not keep the user out.
                done.Claim.IsRetry = true;
                Start(done.Claim, refused.Owner.Node);
                return;
            case ClaimOutcome.Refused when _secondLogin == SecondLogin.Replace:
                // The login waited so long that the user logged in elsewhere after it.
                session.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
                break;
            case ClaimOutcome.Refused:
                session.Connection.Actor.Tell(new ClaimAnswer(ErrorCode.NameTaken));
                break;
            case ClaimOutcome.Fenced:
                _log.Error("This node was declared dead: it may hold no session any more");
                session.Connection.Actor.Tell(new ClaimAnswer(ErrorCode.CutOff));
                OnFenced();
                break;
            case ClaimOutcome.Unavailable away:
                _log.Warning("A login is refused, the session registry does not answer: {0}", away.Reason);
                session.Connection.Actor.Tell(new ClaimAnswer(ErrorCode.RegistryUnavailable));
                if (!_lines.HasRelease(session.User, session.Connection))
                    _lines.Add(new SessionOperation.Release(session));
                break;
        }

        if (_admission.Leave() is { } next)
            Admit(next);
        Next(session.User);
    }

    private void Arrive(LocalSession session, byte[] welcome, bool readsMailbox)
    {
        var before = _live.Find(session.User);
        _live.Add(session);
        if (!readsMailbox)
        {
            session.Connection.Outbound.Write(welcome, static (to, bytes) => to.Append(bytes));
            _routes.SetLocal(session);
        }
        else if (before is not null)
            _routes.ClearLocal(before);
        before?.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
    }

    private void OnReleased(ReleaseDone done)
    {
        if (done.Done)
        {
            Next(done.Release.Session.User);
            return;
        }

        // What comes behind it must not wait for Redis: it learns for itself that Redis is away, and goes first.
        if (_lines.PutReleasesLast(done.Release.Session.User) is { } first)
            Start(first);
        else
            Timers.StartSingleTimer(new RetryKey(done.Release.User, done.Release.Session.Connection.Id), new RetryRelease(done.Release), _retryInterval);
    }

    private void Next(UserName user)
    {
        if (_lines.Done(user) is { } next)
            Start(next);
        AnswerIfIdle();
    }

    private void AnswerIfIdle()
    {
        if (!_lines.IsEmpty || _attending)
            return;
        foreach (var asker in _awaitIdle)
            asker.Tell(Idle.Instance);
        _awaitIdle.Clear();
    }

    /// <summary>What became of a claim.</summary>
    /// <param name="Error"><see cref="ErrorCode.None"/> where it holds.</param>
    /// <param name="ReadsMailbox">True where the mailbox is to be read first; the login was not answered yet.</param>
    public sealed record ClaimAnswer(ErrorCode Error, bool ReadsMailbox = false);

    /// <summary>Asks to be told <see cref="Idle"/> when nothing is left to do.</summary>
    public sealed class AwaitIdle
    {
        /// <summary>The one instance.</summary>
        public static readonly AwaitIdle Instance = new();
    }

    /// <summary>Nothing is left to do.</summary>
    public sealed class Idle
    {
        /// <summary>The one instance.</summary>
        public static readonly Idle Instance = new();
    }

    /// <summary>Tells the parent that this node was declared dead.</summary>
    public sealed class Fenced
    {
        /// <summary>The one instance.</summary>
        public static readonly Fenced Instance = new();
    }

    private sealed record ClaimDone(SessionOperation.Claim Claim, ClaimOutcome Outcome, bool ReadsMailbox = false);

    private sealed record ReleaseDone(SessionOperation.Release Release, bool Done);

    private sealed record RestoreDone(SessionOperation.Restore Restore, ClaimOutcome Outcome);

    private sealed record MarkSeen(LocalSession Session, bool MayWait);

    private sealed record Compared(LocalSession Session, FindOutcome Outcome);

    private sealed class Attend
    {
        public static readonly Attend Instance = new();
    }

    private sealed record RetryRelease(SessionOperation.Release Release);

    /// <summary>Names a timer. A connection may leave claims behind in the lines of several users; of a line only the first operation waits.</summary>
    private sealed record RetryKey(UserName User, long Connection);
}
