using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What the place cache holds, and what leaves it.</summary>
public class ResolverSpecs : TestKit
{
    private const int CacheSize = 10;

    private static readonly NodeId s_self = new("h", 1, 1);
    private static readonly RoutingSettings s_settings = new(true, CacheSize, TimeSpan.FromMilliseconds(5), 3, TimeSpan.Zero);

    private readonly RouteTable _routes;
    private readonly ClientConnection _alice = Connection(1);

    public ResolverSpecs()
        : base("akka.loglevel = WARNING")
    {
        _routes = new RouteTable(new ConnectionTable(new NodeCounters(), new TraceLog(TimeProvider.System)), s_settings.MaxAttempts, s_self);
        var registry = new SharedRegistry();
        _routes.Attach(
            Sys.ActorOf(Props.Create(() => new ResolverActor(s_self, registry, new LinkTable(), _routes, s_settings, TimeProvider.System))),
            Sys.ActorOf(Props.Create(() => new KeepsAll())));
    }

    [Fact]
    public async Task Should_evict_nothing_for_local_users_however_many_they_are()
    {
        var sessions = Enumerable.Range(0, 5 * CacheSize).Select(i => Session($"local{i}")).ToList();
        sessions.ForEach(s => _routes.SetLocal(s));
        _routes.CachedCount.ShouldBe(0);

        for (var i = 0; i < CacheSize; i++)
            await SendAsync($"away{i}");

        _routes.CachedCount.ShouldBe(CacheSize);
        _routes.All.Count().ShouldBe(6 * CacheSize);
        Enumerable.Range(0, CacheSize).All(i => Route($"away{i}")!.WasUsed).ShouldBeTrue("nothing looked for routes to evict");
        sessions.ForEach(_routes.ClearLocal);
        _routes.CachedCount.ShouldBe(CacheSize);
    }

    [Fact]
    public async Task Should_evict_what_was_not_used_lately_when_the_cache_is_full()
    {
        var session = Session("local");
        _routes.SetLocal(session);
        for (var i = 0; i < CacheSize; i++)
            await SendAsync($"away{i}");
        for (var i = 0; i < 3; i++)
            Route($"away{i}")!.WasUsed = false;

        await SendAsync("onemore");

        _routes.CachedCount.ShouldBe(CacheSize / 10 * 9);
        Enumerable.Range(3, CacheSize - 3).ShouldAllBe(i => Route($"away{i}") != null);
        Enumerable.Range(0, 3).Count(i => Route($"away{i}") != null).ShouldBe(1);
        _routes.FindLocal(session.User).ShouldBe(session);
    }

    [Fact]
    public async Task Should_count_a_route_again_when_its_session_takes_nothing_more()
    {
        var session = Session("bob");
        _routes.SetLocal(session);
        session.Connection.Outbound.Close();

        await SendAsync("bob");

        _routes.CachedCount.ShouldBe(1);
    }

    private static ClientConnection Connection(long id) =>
        new(id, new Outbound(1024 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{send} {content}")!)), 1024 * 1024, TimeProvider.System);

    private static LocalSession Session(string user) => new(UserName.TryCreate(user)!, Connection(2), DeliveryFormat.Text);

    private Route? Route(string user) => _routes.Find(UserName.TryCreate(user)!);

    /// <summary>Sends a chat and waits until it is in the mailbox.</summary>
    private async Task SendAsync(string user)
    {
        _routes.Send(TestChats.Chat("alice", user, "x", 1, "1"), _alice).ShouldBe(SendResult.Done);
        await Eventually.TrueAsync(() => Route(user) is { State: "flowing", Place: Place.InMailbox }, $"the chat to {user} is kept");
    }

    /// <summary>In place of the depositor: every mailbox keeps everything.</summary>
    private sealed class KeepsAll : ReceiveActor
    {
        public KeepsAll() => Receive<Deposit>(d => d.Owner.Stored(d, []));
    }
}
