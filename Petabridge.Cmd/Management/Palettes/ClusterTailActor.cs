using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Management.Commands;

namespace ChatAkka.Management.Palettes;

/// <summary>Tells one client what happens to members, until the client goes.</summary>
internal sealed class ClusterTailActor : ReceiveActor
{
    private static readonly string[] s_columns = ["time", "event", "address", "roles"];

    private readonly IActorRef _client;
    private readonly TimeProvider _time;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public ClusterTailActor(IActorRef client, TimeProvider time)
    {
        _client = client;
        _time = time;
        Context.Watch(client);
        Receive<Terminated>(_ => Context.Stop(Self));
        Receive<ClusterEvent.IMemberEvent>(m => Tell(m.GetType().Name["Member".Length..].ToLowerInvariant(), m.Member));
        Receive<ClusterEvent.UnreachableMember>(m => Tell("unreachable", m.Member));
        Receive<ClusterEvent.ReachableMember>(m => Tell("reachable", m.Member));
        Receive<ClusterEvent.LeaderChanged>(m => Tell("leader", m.Leader?.ToString() ?? "none", ""));
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.LeaderChanged));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Tell(string what, Member member) =>
        Tell(what, member.Address.ToString(), $"[{string.Join(",", member.Roles.Order(StringComparer.Ordinal))}]");

    private void Tell(string what, string address, string roles) => _client.Tell(new CommandAnswer.TableResponse(
        s_columns,
        [[Times.Show(_time.GetUtcNow().UtcDateTime), what, address, roles]],
        Final: false));
}
