using System.Text;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Operators;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Protocol.Operators;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The parts of a node's agent, on a clock of the test.</summary>
public class OperatorPartsSpecs : TestKit
{
    private static readonly NodeId s_self = new("here", 1, 1);
    private static readonly OperatorTimings s_timings = new(TimeSpan.FromMilliseconds(200));
    private readonly ManualTime _time = new();
    private readonly NodeCounters _counters = new();
    private readonly ConnectionTable _connections;
    private readonly RouteTable _routes;

    public OperatorPartsSpecs()
        : base("akka.loglevel = WARNING")
    {
        _connections = new ConnectionTable(_counters, new TraceLog(_time));
        _routes = new RouteTable(_connections, 5, s_self);
        _routes.Attach(TestActor);
    }

    [Fact]
    public void Should_list_sessions_by_name_from_a_name_on_with_the_time_since_the_last_read()
    {
        var bob = LogIn(1, "bob");
        LogIn(2, "ann");
        LogIn(3, "cy");
        _time.Advance(TimeSpan.FromSeconds(5));
        bob.Touch();
        _time.Advance(TimeSpan.FromMilliseconds(1500));
        var list = new SessionList(s_self, _connections, _routes);
        var report = list.List(after: "");
        report.Sessions.Select(s => (s.User, s.IdleMilliseconds)).ShouldBe([("ann", 6500L), ("bob", 1500L), ("cy", 6500L)]);
        report.LeftOut.ShouldBe(0);
        list.List(after: "ann").Sessions.Select(s => s.User).ShouldBe(["bob", "cy"]);
    }

    [Fact]
    public void Should_list_no_more_sessions_than_fit_into_one_message_and_say_how_many_follow()
    {
        for (var i = 0; i < 2000; i++)
            LogIn(i + 1, $"user-with-a-long-name-{i:0000}");
        var list = new SessionList(s_self, _connections, _routes);
        var seen = new List<string>();
        SessionsReport report;
        do
        {
            report = list.List(after: seen.LastOrDefault() ?? "");
            AgentJson.Write(report).Length.ShouldBeLessThan(100 * 1024);
            seen.AddRange(report.Sessions.Select(s => s.User));
            report.LeftOut.ShouldBe(2000 - seen.Count);
        }
        while (report.LeftOut > 0);
        seen.ShouldBe(seen.Order(StringComparer.Ordinal).Distinct());
    }

    [Fact]
    public void Should_close_the_connection_of_a_user_that_is_kicked_and_only_that()
    {
        LogIn(1, "bob");
        var list = new SessionList(s_self, _connections, _routes);
        list.Kick(UserName.TryCreate("ann")!, out var none).Done.ShouldBeFalse();
        none.ShouldBe(0);
        ExpectNoMsg(TimeSpan.Zero);
        list.Kick(UserName.TryCreate("bob")!, out var connection).Done.ShouldBeTrue();
        connection.ShouldBe(1);
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Kicked);
    }

    [Fact]
    public async Task Should_tell_an_operator_what_became_of_a_chat_and_forget_its_sender()
    {
        var chats = new OperatorChats(_connections, _routes, _counters, maxText: 10, s_timings, _time);
        var bob = LogIn(1, "bob");
        _routes.SetLocal(bob.Session!);
        var report = await chats.SendAsync(new SendQuestion("bob", "hello"));
        report.Done.ShouldBeTrue(report.Text);
        bob.Outbound.TryTake(out var bytes).ShouldBe(Outbound.Take.Bytes);
        Encoding.UTF8.GetString(bytes.Span).ShouldContain("hello");
        _counters.ToLedger(0).Accepted.ShouldBe(1);
        _connections.FindSender(OperatorSender.FirstId + 1).ShouldBeNull();
    }

    [Fact]
    public async Task Should_send_nothing_when_the_text_of_an_operator_is_too_long_or_the_name_is_none()
    {
        var chats = new OperatorChats(_connections, _routes, _counters, maxText: 10, s_timings, _time);
        (await chats.SendAsync(new SendQuestion("bob", "12345678901"))).Text.ShouldBe("the text has 11 bytes; the most is 10");
        (await chats.SendAsync(new SendQuestion("no name", "1234567890"))).Text.ShouldBe("'no name' is no user name");
        _counters.ToLedger(0).Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task Should_say_that_no_receipt_came_when_the_place_of_the_recipient_is_not_found_in_time()
    {
        var chats = new OperatorChats(_connections, _routes, _counters, maxText: 10, s_timings, TimeProvider.System);
        var report = await chats.SendAsync(new SendQuestion("bob", "hello"));
        report.ShouldBe(new DoneReport(false, "no receipt came in time: it may arrive later"));
        _connections.FindSender(OperatorSender.FirstId + 1).ShouldBeNull();
    }

    [Fact]
    public async Task Should_report_the_depth_of_a_mailbox_and_that_there_are_none_when_they_are_off()
    {
        (await new MailboxDepths(null, s_timings).FindAsync(UserName.TryCreate("bob")!)).Enabled.ShouldBeFalse();
        var depth = new MailboxDepths(TestActor, s_timings).FindAsync(UserName.TryCreate("bob")!);
        ExpectMsg<MailboxQuestion>().User.ShouldBe("bob");
        await Should.ThrowAsync<AskTimeoutException>(depth);
    }

    private ClientConnection LogIn(long id, string name)
    {
        var connection = new ClientConnection(id, new Outbound(64 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, _time);
        connection.Attach(TestActor);
        connection.Session = new LocalSession(UserName.TryCreate(name)!, connection, DeliveryFormat.Text);
        connection.IsLoggedIn = true;
        _connections.Add(connection);
        return connection;
    }
}
