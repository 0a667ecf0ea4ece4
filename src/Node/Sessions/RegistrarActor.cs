using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Sessions;

/// <summary>Keeps the session registry as this node wants it: claims the sessions of logins, releases those that ended, and makes them known here.</summary>
/// <remarks>
/// For each user it knows what is wanted (<see cref="UserSessions"/>), and has at most one question to the registry in flight. When the answer is
/// there, it asks for what is still missing. A release that Redis did not take is tried again until it did, or until the relay cleans up after the
/// whole node. A claim without an answer may stand in Redis, so it is released as well.
/// Once a second the node tells the registry that it lives (<see cref="Attendance"/>). If the registry was away or lost its data, every live session is
/// claimed again; a session that was claimed later elsewhere wins. Besides, each time a third of the sessions is compared with the registry, so that
/// what it lost unnoticed, for example in a failover, is claimed again.
/// A client gets the answer to its login before any chat, because a session becomes reachable here, after the answer was written. If the mailbox is read
/// first, <see cref="ClientSession"/> answers the login and then makes the session reachable.
/// </remarks>
internal sealed class RegistrarActor : ReceiveActor, IWithTimers
{
    private readonly NodeId _self;
    private readonly RegistryQuestions _registry;
    private readonly StoreEpoch _epoch;
    private readonly RouteTable _routes;
    private readonly LinkTable _links;
    private readonly SessionSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _awaitIdle = [];
    private readonly SessionTable _sessions = new();

    /// <summary>Sessions that the registry did not have, so another session may have read their mailboxes. They read again when they are put back.</summary>
    private readonly HashSet<LocalSession> _missed = [];
    private readonly Admission _admission;
    private readonly ClaimRules _rules;
    private readonly Attendance _attendance = new();

    /// <summary>Makes the registrar.</summary>
    /// <param name="self">This node.</param>
    /// <param name="registry">Asks the session registry.</param>
    /// <param name="routes">Brings chats to sessions.</param>
    /// <param name="links">The links to the other living members.</param>
    /// <param name="settings">Settings of sessions.</param>
    /// <param name="epoch">Is told when the store may have lost its data.</param>
    public RegistrarActor(NodeId self, RegistryQuestions registry, RouteTable routes, LinkTable links, SessionSettings settings, StoreEpoch epoch)
    {
        _self = self;
        _registry = registry;
        _routes = routes;
        _links = links;
        _settings = settings;
        _epoch = epoch;
        _admission = new Admission(settings.ClaimsAtOnce);
        _rules = new ClaimRules(self, settings.SecondLogin, node => links.Find(node) is not null);
        Receive<ClaimSession>(m =>
        {
            _sessions.Of(m.Session.User).Add(new Login(m.Session, m.Answer));
            AskNext(m.Session.User);
        });
        Receive<ReleaseSession>(m => OnRelease(m.Session));
        Receive<ClaimAnswered>(OnClaimAnswered);
        Receive<ReleaseAnswered>(OnReleaseAnswered);
        Receive<RestoreAnswered>(OnRestoreAnswered);
        Receive<SessionCompared>(OnCompared);
        Receive<RetryReleases>(m =>
        {
            _sessions.Of(m.User).TryReleasesAgain();
            AskNext(m.User);
        });
        Receive<Attend>(_ =>
        {
            if (_attendance.TryBegin())
                _registry.AttendAsync().PipeTo(Self);
        });
        Receive<AttendOutcome>(OnAttended);
        Receive<AwaitIdle>(_ => OnAwaitIdle());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var attend = new Attend();
        Timers.StartPeriodicTimer(attend, attend, _settings.AttendInterval);
    }

    private void OnAttended(AttendOutcome outcome)
    {
        var step = _attendance.Answered(outcome);
        AnswerIfIdle();
        switch (step)
        {
            case AttendanceStep.EndNode:
                EndNode();
                break;
            case AttendanceStep.RestoreAll:
                _epoch.Next();
                if (_sessions.RestoreAll() is > 0 and var count)
                    _log.Info("The session registry answers again. It may have lost data, so the {0} sessions of this node are claimed again", count);
                RestoreMore();
                break;
            case AttendanceStep.Compare:
                foreach (var session in _sessions.NextToCompare())
                    _registry.CompareAsync(session).PipeTo(Self);
                break;
        }
    }

    /// <summary>Another member declared this node dead: its claims are refused, and its parent ends it.</summary>
    private void EndNode()
    {
        _attendance.Fence();
        Context.Parent.Tell(new NodeFenced());
    }

    private void RestoreMore()
    {
        while (_sessions.Restoring < _settings.RestoresAtOnce && _sessions.NextToRestore() is { } session)
            Restore(session);
    }

    private void Restore(LocalSession session)
    {
        _sessions.Of(session.User).Restore();
        AskNext(session.User);
    }

    private void OnCompared(SessionCompared compared)
    {
        if (!_sessions.IsMissing(compared.Session, compared.Outcome, _self))
            return;
        if (compared.Outcome is FindOutcome.NotFound)
            _log.Warning("The session registry has lost the session of a client that is connected here. The session is claimed again");
        _missed.Add(compared.Session);
        Restore(compared.Session);
    }

    private void OnRelease(LocalSession session)
    {
        _routes.ClearLocal(session);
        _missed.Remove(session);
        if (_sessions.Of(session.User).End(session) is { } withdrawn)
            _admission.Withdraw(withdrawn);
        AskNext(session.User);
    }

    /// <summary>Something changed for a user: asks the registry for what is missing now.</summary>
    private void AskNext(UserName user)
    {
        var step = _sessions.Of(user).Next();
        _sessions.Update(user);
        switch (step)
        {
            case SessionStep.Claim { Login: { } login }:
                if (_admission.TryEnter(login))
                    Claim(login);
                break;
            case SessionStep.Restore { Session: { } session }:
                _registry.RestoreAsync(session).PipeTo(Self);
                break;
            case SessionStep.Release release:
                _registry.ReleaseAsync(user, release.Connection).PipeTo(Self);
                break;
        }

        RestoreMore();
        AnswerIfIdle();
    }

    private void Claim(Login login)
    {
        login.HasBegun = true;
        if (_attendance.IsFenced)
            Self.Tell(new ClaimAnswered(login, new ClaimOutcome.Fenced()));
        else
            _registry.ClaimAsync(login).PipeTo(Self);
    }

    private void OnRestoreAnswered(RestoreAnswered answer)
    {
        var session = answer.Session;
        _sessions.Of(session.User).Restored();
        switch (answer.Outcome)
        {
            case ClaimOutcome.Claimed claimed:
                session.Since = claimed.Since;
                TellReplaced(session, claimed.Previous);
                if (_missed.Remove(session))
                    session.Connection.Actor.Tell(new MailboxNudge(session.User.Text, session.Connection.Id));
                break;
            case ClaimOutcome.Refused refused when refused.IsProvisional || refused.Owner.Node == _self:
                // The holder may still be refused itself, or it is a claim of this node that is still to be released: the next comparison checks again.
                break;
            case ClaimOutcome.Refused:
                session.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
                break;
            case ClaimOutcome.Fenced:
                EndNode();
                break;
            case ClaimOutcome.Unavailable:
                _attendance.RegistryFailed();
                break;
        }

        AskNext(session.User);
    }

    private void OnClaimAnswered(ClaimAnswered answer)
    {
        var (login, outcome) = (answer.Login, answer.Outcome);
        if (outcome is ClaimOutcome.Unavailable away)
            _log.Warning("A login is refused with registry_unavailable: {0}", away.Reason);
        switch (_rules.Decide(_sessions.Of(login.Session.User), login, outcome))
        {
            case ClaimVerdict.ClaimAgain:
                _registry.ClaimAsync(login).PipeTo(Self);
                return;
            case ClaimVerdict.Accepted accepted:
                Accept(login, accepted.Before, answer.ReadsMailbox);
                TellReplaced(login.Session, (outcome as ClaimOutcome.Claimed)?.Previous);
                break;
            case ClaimVerdict.Refused { Error: ErrorCode.Replaced }:
                login.Session.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
                break;
            case ClaimVerdict.Refused refused:
                login.Session.Connection.Actor.Tell(new ClaimResult(refused.Error));
                break;
        }

        if (outcome is ClaimOutcome.Fenced)
        {
            _log.Error("The cluster declared this node dead, so a login is refused and the node ends");
            EndNode();
        }

        if (_admission.Leave() is { } next)
            Claim(next);
        AskNext(login.Session.User);
    }

    /// <summary>A login has its session. Unless the mailbox is read first, it is answered and chats reach it, in this order. The user's session on this
    /// node before it is closed.</summary>
    private void Accept(Login login, LocalSession? before, bool readsMailbox)
    {
        if (!readsMailbox)
        {
            login.Answer.Accept(waiting: 0);
            _routes.SetLocal(login.Session);
        }
        else if (before is not null)
            _routes.ClearLocal(before);
        before?.Connection.Actor.Tell(new CloseConnection(ErrorCode.Replaced));
        login.Session.Connection.Actor.Tell(new ClaimResult(ErrorCode.None, readsMailbox));
    }

    private void TellReplaced(LocalSession session, SessionOwner? previous)
    {
        if (previous is not null && previous.Node != _self)
            _links.Find(previous.Node)?.TellReplaced(session.User, previous.Connection);
    }

    private void OnAwaitIdle()
    {
        // From here on the node takes itself off the list: it must not say that it lives any more.
        _attendance.Stop();
        _awaitIdle.Add(Sender);
        AnswerIfIdle();
    }

    private void OnReleaseAnswered(ReleaseAnswered answer)
    {
        if (answer.Failure is { } failure)
            _log.Error(failure, "A session could not be released because of an error in this program. The release is tried again");
        _sessions.Of(answer.User).Released(answer.Connection, answer.IsDone);
        if (!answer.IsDone)
            Timers.StartSingleTimer(answer.User, new RetryReleases(answer.User), _settings.RetryInterval);
        AskNext(answer.User);
    }

    private void AnswerIfIdle()
    {
        if (!_sessions.IsIdle || _attendance.IsAsking)
            return;
        foreach (var asker in _awaitIdle)
            asker.Tell(new BecameIdle());
        _awaitIdle.Clear();
    }
}
