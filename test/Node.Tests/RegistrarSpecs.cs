using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Management;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

public class RegistrarSpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly UserName s_bob = UserName.TryCreate("bob")!;
    private readonly HalfRegistry _registry = new();

    [Fact]
    public void Should_not_let_a_late_release_end_a_later_claim_of_the_same_connection()
    {
        var connections = new ConnectionTable(new NodeCounters(), new TraceLog(TimeProvider.System));
        var registrar = Sys.ActorOf(Props.Create(() => new RegistrarActor(
            new NodeId("n", 1, 1), _registry, new RouteTable(connections, 5, new NodeId("n", 1, 1)), new LinkTable(), SecondLogin.Replace, TimeSpan.FromMilliseconds(50), TimeProvider.System, new StoreEpoch(), null)));
        var connection = new ClientConnection(5, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024);
        connection.Attach(TestActor);

        // The first claim's answer is lost, and what it may have left cannot be released either.
        registrar.Tell(new SessionOperation.Claim(new LocalSession(s_bob, connection, DeliveryFormat.Text), []));
        ExpectMsg<RegistrarActor.ClaimAnswer>().Error.ShouldBe(ErrorCode.RegistryUnavailable);
        AwaitCondition(() => _registry.Releases > 0);

        // The next claim comes through before the release does.
        _registry.ClaimsWork = true;
        registrar.Tell(new SessionOperation.Claim(new LocalSession(s_bob, connection, DeliveryFormat.Text), []));
        ExpectMsg<RegistrarActor.ClaimAnswer>().Error.ShouldBe(ErrorCode.None);
        var before = _registry.Releases;
        registrar.Tell(RegistrarActor.AwaitIdle.Instance, TestActor);
        ExpectMsg<RegistrarActor.Idle>();
        _registry.Releases.ShouldBe(before, "the session that holds is not released");
    }

    private sealed class HalfRegistry : ISessionRegistry
    {
        private int _releases;

        public volatile bool ClaimsWork;

        public int Releases => Volatile.Read(ref _releases);

        public Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy) =>
            Task.FromResult<ClaimOutcome>(ClaimsWork ? new ClaimOutcome.Claimed(null) : new ClaimOutcome.Unavailable("away"));

        public Task<bool> ReleaseAsync(UserName user, SessionOwner owner)
        {
            Interlocked.Increment(ref _releases);
            return Task.FromResult(false);
        }

        public Task<AttendOutcome> AttendAsync(NodeId node) => Task.FromResult<AttendOutcome>(new AttendOutcome.Known());

        public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => throw new NotSupportedException();

        public Task<FindOutcome> FindAsync(UserName user) => throw new NotSupportedException();

        public Task RemoveNodeAsync(NodeId node) => throw new NotSupportedException();

        public Task<IReadOnlyList<NodeId>> NodesAsync() => throw new NotSupportedException();

        public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term) => throw new NotSupportedException();

        public Task<long> NextTermAsync(long now) => throw new NotSupportedException();
    }
}
