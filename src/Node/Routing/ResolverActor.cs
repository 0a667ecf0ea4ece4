using Akka.Actor;
using Akka.Event;
using ChatAkka.Node.Links;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Routing;

/// <summary>Asks the session registry where recipients are, with one question at a time for each route. It also keeps the place cache within its
/// bound.</summary>
internal sealed class ResolverActor : ReceiveActor, IWithTimers
{
    private readonly NodeId _self;
    private readonly ISessionRegistry _registry;
    private readonly LinkTable _links;
    private readonly RouteTable _routes;
    private readonly RoutingSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _registryAway;

    /// <summary>Makes the resolver.</summary>
    public ResolverActor(
        NodeId self, ISessionRegistry registry, LinkTable links, RouteTable routes, RoutingSettings settings, TimeProvider time)
    {
        _self = self;
        _registry = registry;
        _links = links;
        _routes = routes;
        _settings = settings;
        _time = time;
        Receive<ResolverMessage.Resolve>(m => Ask(m.Route, isRetry: false, since: _time.GetTimestamp()));
        Receive<ResolverMessage.ResolveAgain>(m => Ask(m.Route, isRetry: true, m.Since));
        Receive<ResolverMessage.Answered>(OnAnswer);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void Ask(Route route, bool isRetry, long since)
    {
        if (_routes.CachedCount > _settings.CacheSize)
        {
            Evict();

            // Chats wait in this route: it must not be retired as soon as they are gone.
            route.WasUsed = true;
        }

        _registry.FindAsync(route.User).PipeTo(
            Self,
            success: outcome => new ResolverMessage.Answered(route, outcome, isRetry, since),
            failure: e => new ResolverMessage.Answered(route, new FindOutcome.Unavailable(e.GetBaseException().Message), isRetry, since));
    }

    private void OnAnswer(ResolverMessage.Answered answer)
    {
        NoteRegistry(answer.Outcome as FindOutcome.Unavailable);
        var route = answer.Route;
        switch (answer.Outcome)
        {
            case FindOutcome.Found { Session.Mode: SessionModes.Ack } when _routes.HasMailboxes:
                route.FoundMailbox();
                break;
            case FindOutcome.Found found when found.Session.Owner.Node == _self:
                if (route.FoundNobodyHere())
                    Later(answer);
                break;
            case FindOutcome.Found found when _links.Find(found.Session.Owner.Node) is { } link:
                if (route.WrongNode == link.Target && !answer.IsRetry)
                    Later(answer);
                else
                    route.Found(link);
                break;
            case FindOutcome.Found when _time.GetElapsedTime(answer.Since) < _settings.UnknownNodePatience:
                // The node is a member that this node does not know yet, or it died and its sessions are not deleted yet.
                Later(answer);
                break;
            case FindOutcome.Unavailable:
                route.Fail(ErrorCode.RegistryUnavailable);
                break;
            default:
                route.FoundNowhere();
                break;
        }
    }

    private void Later(ResolverMessage.Answered answer) =>
        Timers.StartSingleTimer(answer.Route, new ResolverMessage.ResolveAgain(answer.Route, answer.Since), _settings.RetryDelay);

    private void NoteRegistry(FindOutcome.Unavailable? away)
    {
        if (away is not null && !_registryAway)
            _log.Warning("The session registry does not answer: chats to recipients whose place is not known are refused until it does: {0}", away.Reason);
        if (away is null && _registryAway)
            _log.Info("The session registry answers again: the places of recipients are looked up as usual");
        _registryAway = away is not null;
    }

    /// <summary>Removes routes from the cache. A route that was used since the last eviction gets a second chance: it goes only if the others are not
    /// enough.</summary>
    private void Evict()
    {
        var goal = _settings.CacheSize / 10 * 9;
        for (var pass = 0; pass < 2 && _routes.CachedCount > goal; pass++)
        {
            foreach (var route in _routes.All)
            {
                if (_routes.CachedCount <= goal)
                    break;
                if (route.WasUsed)
                    route.WasUsed = false;
                else
                    route.Evict();
            }
        }
    }
}
