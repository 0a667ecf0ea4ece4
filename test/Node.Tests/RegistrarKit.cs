using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Tests;

/// <summary>The registrar alone, on a registry that answers when a test says so and on a clock that a test moves. The test's actor stands for
/// the actors of all connections.</summary>
public abstract class RegistrarKit : TestKit
{
    /// <summary>So many claims ask the registry at a time, and so many restorations.</summary>
    protected const int AtOnce = 64;

    internal static readonly NodeId Self = new("n", 1, 1);
    internal static readonly NodeId Other = new("m", 2, 2);
    internal static readonly UserName Bob = UserName.TryCreate("bob")!;
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_attend = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource _stall = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LinkTable _links = new();

    /// <summary>Makes a registrar.</summary>
    /// <param name="refuses">True if a second login is refused; else it replaces the first.</param>
    protected RegistrarKit(bool refuses = false)
        : base("""
            akka.loglevel = WARNING
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            """)
    {
        Routes = new RouteTable(new ConnectionTable(new NodeCounters(), new TraceLog(TimeProvider.System)), 5, Self);
        var settings = new SessionSettings(refuses ? SecondLogin.Refuse : SecondLogin.Replace, s_retry, s_attend, AtOnce, AtOnce);
        var questions = new RegistryQuestions(Self, Registry, hasMailboxes: false, settings.SecondLogin);
        Registrar = Sys.ActorOf(Props.Create(() => new RegistrarActor(
            Self, questions, Routes, _links, settings, new StoreEpoch())));
    }

    internal ScriptedRegistry Registry { get; } = new();

    internal RouteTable Routes { get; }

    internal IActorRef Registrar { get; }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    internal LocalSession Session(UserName user, long connection, long arrived = 1000, bool acks = false)
    {
        var client = new ClientConnection(connection, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, TimeProvider.System);
        client.Attach(TestActor);
        return new LocalSession(user, client, DeliveryFormat.Text, acks, arrived);
    }

    internal LocalSession Claim(UserName user, long connection, long arrived = 1000) => Claim(Session(user, connection, arrived));

    internal LocalSession Claim(LocalSession session)
    {
        Registrar.Tell(new ClaimSession(session, TestLogins.Answer(session)));
        return session;
    }

    internal LocalSession LogIn(UserName user, long connection)
    {
        var session = Claim(user, connection);
        ExpectMsg<ClaimResult>().Error.ShouldBe(ErrorCode.None);
        return session;
    }

    internal void Release(LocalSession session) => Registrar.Tell(new ReleaseSession(session));

    /// <summary>Makes the link to the other node.</summary>
    internal Link LinkToOther()
    {
        var second = TimeSpan.FromSeconds(1);
        var link = new Link(Other, new LinkSettings(16 * 1024, 200, 1024, 3, second, second, second));
        link.Attach(ActorRefs.Nobody);
        _links.Add(link);
        return link;
    }

    /// <summary>The connections that a link is to tell that they were replaced.</summary>
    internal static List<(long Connection, UserName User)> Replaced(Link link)
    {
        List<(long, UserName)> all = [];
        var reader = new LinkEntryReader(link.NextFrame((_, _, entries) => entries.ToArray()));
        while (reader.TryRead(out var entry))
            all.Add(LinkEntry.ReadReplaced(entry));
        return all;
    }

    /// <summary>A claim that succeeds when <see cref="EndStall"/> is called.</summary>
    internal async Task<ClaimOutcome> Stalled(ScriptedRegistry.Claim claim)
    {
        await _stall.Task;
        return new ClaimOutcome.Claimed(null, claim.Since);
    }

    internal Task StallAsync() => _stall.Task;

    internal void EndStall() => _stall.SetResult();

    /// <summary>The node says once that it lives and is told what the registry says; returns when the registrar did with that what it does.</summary>
    internal async Task AttendAsync()
    {
        await SettleAsync();
        Scheduler.Advance(s_attend);
        await SettleAsync();
    }

    internal void Retry() => Scheduler.Advance(s_retry);

    /// <summary>Returns when the registrar has done what it was told, and what it told itself at that.</summary>
    internal async Task SettleAsync()
    {
        for (var i = 0; i < 3; i++)
            await Registrar.Ask<ActorIdentity>(new Identify(i)).WaitAsync(Eventually.Limit);
    }

    /// <summary>Returns when nothing is left to do; fails where a connection was told anything that the test did not expect before.</summary>
    internal void ExpectIdle()
    {
        Registrar.Tell(new AwaitIdle(), TestActor);
        ExpectMsg<BecameIdle>(Eventually.Limit);
    }
}
