using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>Keeps the session registry as this node wants it: claims the sessions of logins, releases those that ended, and makes them known here.</summary>
/// <remarks>
/// For each user it knows what is wanted (<see cref="UserSessions"/>), and has at most one question to the registry in flight. When the answer is
/// there, it asks for what is still missing. A release that Redis did not take is tried again until it did, or until the relay cleans up after the
/// whole node. A claim without an answer may stand in Redis, so it is released as well.
/// Once a second the node tells the registry that it lives. If the registry was away or lost its data, every live session is claimed again; a session
/// that was claimed later elsewhere wins. Besides, each session is compared with the registry every three seconds, so that what it lost unnoticed,
/// for example in a failover, is claimed again.
/// The order of what a client is sent is kept, because a session becomes reachable here, after the answer to its login was written, and nowhere else.
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
    private readonly bool _hasMailboxes;
    private readonly StoreEpoch _epoch;
    private readonly RouteTable _routes;
    private readonly LinkTable _links;
    private readonly SecondLogin _secondLogin;
    private readonly TimeSpan _retryInterval;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _awaitIdle = [];
    private readonly SessionTable _sessions = new();
    private readonly Admission _admission = new(ClaimsAtOnce);
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
        bool hasMailboxes = false)
    {
        _self = self;
        _epoch = epoch;
        _hasMailboxes = hasMailboxes;
        _registry = registry;
        _routes = routes;
        _links = links;
        _secondLogin = secondLogin;
        _retryInterval = retryInterval;
        _time = time;
        Receive<ClaimSession>(m =>
        {
            _sessions.Of(m.Session.User).Add(new Login(m.Session, m.Welcome));
            GoOn(m.Session.User);
        });
        Receive<ReleaseSession>(m => OnRelease(m.Session));
        Receive<ClaimDone>(OnClaimed);
        Receive<ReleaseDone>(OnReleased);
        Receive<RestoreDone>(OnRestored);
        Receive<Compared>(OnCompared);
        Receive<RetryReleases>(m =>
        {
            _sessions.Of(m.User).TryReleasesAgain();
            GoOn(m.User);
        });
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
                if (_sessions.RestoreAll() is > 0 and var count)
                    _log.Info("The session registry is back: claiming {0} live sessions again", count);
                RestoreMore();
                break;
            default:
                foreach (var session in _sessions.NextToCompare())
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
        while (_sessions.Restoring < RestoresAtOnce && _sessions.NextToRestore() is { } session)
            Restore(session);
    }

    private void Restore(LocalSession session)
    {
        _sessions.Of(session.User).Restore();
        GoOn(session.User);
    }

    private void Compare(LocalSession session) => _registry.FindAsync(session.User).PipeTo(
        Self,
        success: outcome => new Compared(session, outcome),
        failure: e => new Compared(session, new FindOutcome.Unavailable(e.GetBaseException().Message)));

    private void OnCompared(Compared compared)
    {
        // If something is in flight for the user, the registry was changed since, or is about to be.
        var session = compared.Session;
        if (compared.Outcome is FindOutcome.Unavailable || !_sessions.IsLive(session) || _sessions.IsBusy(session.User)
            || compared.Outcome is FindOutcome.Found found && found.Session.Owner == new SessionOwner(_self, session.Connection.Id))
            return;
        if (compared.Outcome is FindOutcome.NotFound)
            _log.Warning("The registry lost a session that lives here: claiming it again");
        Restore(session);
    }

    private void OnRelease(LocalSession session)
    {
        _routes.ClearLocal(session);
        if (_sessions.Of(session.User).End(session) is { } withdrawn)
            _admission.Withdraw(withdrawn);
        GoOn(session.User);
    }

    /// <summary>Something changed for a user: asks the registry for what is missing now.</summary>
    private void GoOn(UserName user)
    {
        var step = _sessions.Of(user).Next();
        _sessions.Update(user);
        switch (step)
        {
            case SessionStep.Claim { Login: { } login }:
                if (_admission.TryEnter(login))
                    Admit(login);
                break;
            case SessionStep.Restore { Session: { } session }:
                ClaimAsync(session, ClaimPolicy.Restore).PipeTo(
                    Self,
                    success: outcome => new RestoreDone(session, outcome),
                    failure: e => new RestoreDone(session, new ClaimOutcome.Unavailable(e.GetBaseException().Message)));
                break;
            case SessionStep.Release release:
                _registry.ReleaseAsync(user, new SessionOwner(_self, release.Connection)).PipeTo(
                    Self,
                    success: done => new ReleaseDone(user, release.Connection, done),
                    failure: e =>
                    {
                        _log.Error(e, "Release of a session failed");
                        return new ReleaseDone(user, release.Connection, false);
                    });
                break;
        }

        RestoreMore();
        AnswerIfIdle();
    }

    private void Admit(Login login)
    {
        login.HasBegun = true;
        if (_fenced)
            Self.Tell(new ClaimDone(login, new ClaimOutcome.Fenced()));
        else
            Start(login);
    }

    private void Start(Login login) => ClaimAsync(
        login, _secondLogin == SecondLogin.Replace && login.GoneHolder is null ? ClaimPolicy.Replace : ClaimPolicy.RefuseUnless(login.GoneHolder)).PipeTo(
            Self, failure: e => new ClaimDone(login, new ClaimOutcome.Unavailable(e.GetBaseException().Message)));

    private async Task<ClaimDone> ClaimAsync(Login login, ClaimPolicy policy)
    {
        var session = login.Session;
        var outcome = await ClaimAsync(session, policy, login.Abandoned).ConfigureAwait(false);
        return new ClaimDone(login, outcome, _hasMailboxes);
    }

    private Task<ClaimOutcome> ClaimAsync(LocalSession session, ClaimPolicy policy, CancellationToken abandoned = default) =>
        _registry.ClaimAsync(session.User, new SessionOwner(_self, session.Connection.Id), session.Since, session.Mode, policy, abandoned);

    private void OnRestored(RestoreDone done)
    {
        var session = done.Session;
        var sessions = _sessions.Of(session.User);
        sessions.Restored();
        switch (done.Outcome)
        {
            case ClaimOutcome.Claimed claimed:
                session.Since = claimed.Since;
                TellReplaced(session, claimed.Previous);
                break;
            case ClaimOutcome.Refused refused when refused.IsProvisional || refused.Owner.Node == _self:
                // The holder may still be refused itself, or it is a claim of this node that is still to be released: the next comparison checks again.
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

        GoOn(session.User);
    }

    private void OnClaimed(ClaimDone done)
    {
        var login = done.Login;
        var session = login.Session;
        var sessions = _sessions.Of(session.User);
        var actor = session.Connection.Actor;
        switch (done.Outcome)
        {
            case ClaimOutcome.Claimed or ClaimOutcome.Abandoned when login.IsAbandoned:
                sessions.Claimed(login, out _);
                break;
            case ClaimOutcome.Claimed claimed:
                session.Since = claimed.Since;
                sessions.Claimed(login, out var before);
                Arrive(login, before, done.ReadsMailbox);
                TellReplaced(session, claimed.Previous);
                actor.Tell(new ClaimAnswer(ErrorCode.None, done.ReadsMailbox));
                break;
            case ClaimOutcome.Refused refused when refused.Owner.Node != _self && _links.Find(refused.Owner.Node) is null && login.GoneHolder is null:
                // The holder is no living member: a session that was left behind must not keep the user out.
                login.GoneHolder = refused.Owner.Node;
                Start(login);
                return;
            case ClaimOutcome.Refused own when own.Owner.Node == _self && sessions.TryAgainAfterRelease(login, own.Owner.Connection):
                break;
            case ClaimOutcome.Refused own when own.Owner.Node == _self && sessions.IsLeftover(own.Owner.Connection):
                // Nobody is logged in, but the registry did not take the release that would say so.
                sessions.NotClaimed(login, mayStand: false);
                actor.Tell(new ClaimAnswer(ErrorCode.RegistryUnavailable));
                break;
            case ClaimOutcome.Refused:
                sessions.NotClaimed(login, mayStand: false);

                // If a second login replaces the first, this login waited so long that the user logged in elsewhere after it.
                actor.Tell(_secondLogin == SecondLogin.Replace ? new CloseConnection(ErrorCode.Replaced) : new ClaimAnswer(ErrorCode.NameTaken));
                break;
            case ClaimOutcome.Fenced:
                _log.Error("This node was declared dead: it may hold no session any more");
                sessions.NotClaimed(login, mayStand: false);
                actor.Tell(new ClaimAnswer(ErrorCode.CutOff));
                OnFenced();
                break;
            case ClaimOutcome.Unavailable away:
                _log.Warning("A login is refused, the session registry does not answer: {0}", away.Reason);
                sessions.NotClaimed(login, mayStand: true);
                actor.Tell(new ClaimAnswer(ErrorCode.RegistryUnavailable));
                break;
        }

        if (_admission.Leave() is { } next)
            Admit(next);
        GoOn(session.User);
    }

    private void Arrive(Login login, LocalSession? before, bool readsMailbox)
    {
        if (!readsMailbox)
        {
            login.Session.Connection.Outbound.Write(login.Welcome, static (to, bytes) => to.Append(bytes));
            _routes.SetLocal(login.Session);
        }
        else if (before is not null)
            _routes.ClearLocal(before);
        before?.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
    }

    private void TellReplaced(LocalSession session, SessionOwner? previous)
    {
        if (previous is not null && previous.Node != _self)
            _links.Find(previous.Node)?.TellReplaced(session.User, previous.Connection);
    }

    private void OnReleased(ReleaseDone done)
    {
        _sessions.Of(done.User).Released(done.Connection, done.IsDone);
        if (!done.IsDone)
            Timers.StartSingleTimer(done.User, new RetryReleases(done.User), _retryInterval);
        GoOn(done.User);
    }

    private void AnswerIfIdle()
    {
        if (!_sessions.IsIdle || _attending)
            return;
        foreach (var asker in _awaitIdle)
            asker.Tell(Idle.Instance);
        _awaitIdle.Clear();
    }

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

    private sealed record ClaimDone(Login Login, ClaimOutcome Outcome, bool ReadsMailbox = false);

    private sealed record ReleaseDone(UserName User, long Connection, bool IsDone);

    private sealed record RestoreDone(LocalSession Session, ClaimOutcome Outcome);

    private sealed record Compared(LocalSession Session, FindOutcome Outcome);

    private sealed class Attend
    {
        public static readonly Attend Instance = new();
    }

    private sealed record RetryReleases(UserName User);
}
