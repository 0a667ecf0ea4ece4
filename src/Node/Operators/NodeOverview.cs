using Akka.Actor;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Reports the state of this node, and sets its drain.</summary>
/// <param name="self">This node.</param>
/// <param name="listener">Knows the number of connections, and drains the node.</param>
/// <param name="connections">The open connections.</param>
/// <param name="routes">The routes to recipients.</param>
/// <param name="links">The links to other nodes.</param>
/// <param name="counters">Counts what becomes of chats.</param>
/// <param name="peers">What became of the chats that came over the links.</param>
/// <param name="timings">How long the listener may take to answer.</param>
internal sealed class NodeOverview(
    NodeId self,
    IActorRef listener,
    ConnectionTable connections,
    RouteTable routes,
    LinkTable links,
    NodeCounters counters,
    PeerLedger peers,
    OperatorTimings timings)
{
    /// <summary>Gives the state of this node.</summary>
    /// <exception cref="AskTimeoutException">The listener did not answer in time.</exception>
    public async Task<NodeReport> ReportAsync()
    {
        var status = await AskListenerAsync(new ListenerMessage.AskDrain()).ConfigureAwait(false);
        var queue = links.All.Sum(l => l.CountChats()) + routes.All.Sum(r => r.CountChats());
        return new NodeReport(
            self.ToString(),
            self.Address,
            status.ClientAddress,
            status.Open,
            status.Capacity,
            connections.All.Count(c => c is { IsLoggedIn: true, Session: not null }),
            links.All.Count(),
            queue,
            status.IsDraining,
            counters.ToLedger(queue),
            [.. peers.All.Select(p => new PeerReport(p.Node.ToString(), p.Line.IsGone, p.Line.Delivered, p.Line.SentBack, p.Line.LostInFlight))],
            counters.ToLimits());
    }

    /// <summary>Begins, ends or reads the drain.</summary>
    /// <param name="perSecond">How many clients are sent to other nodes in a second; 0 ends the drain; below 0 changes nothing and only asks.</param>
    /// <exception cref="AskTimeoutException">The listener did not answer in time.</exception>
    public async Task<DrainReport> DrainAsync(int perSecond)
    {
        ListenerMessage question = perSecond < 0 ? new ListenerMessage.AskDrain() : new ListenerMessage.SetDrain(perSecond);
        var status = await AskListenerAsync(question).ConfigureAwait(false);
        return new DrainReport(status.IsDraining, status.Moved, status.Open);
    }

    private Task<ListenerMessage.DrainStatus> AskListenerAsync(ListenerMessage question) =>
        listener.Ask<ListenerMessage.DrainStatus>(question, timings.AnswerLimit);
}
