using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>A route, its sessions here and its links.</summary>
public class RouteSpecs : RouteKit
{
    [Fact]
    public void Should_refuse_each_chat_after_its_own_tries_where_there_are_no_mailboxes()
    {
        Send();
        Route.FoundNobodyHere().ShouldBeTrue();
        Send();
        Route.FoundNobodyHere().ShouldBeTrue();
        Host.Answers.ShouldBeEmpty();
        Route.FoundNobodyHere().ShouldBeTrue();
        Host.Answers.ShouldBe(["1 RecipientOffline"]);
        Route.State.ShouldBe("resolving");
        Route.FoundNobodyHere().ShouldBeFalse();
        Host.Answers.ShouldBe(["1 RecipientOffline", "2 RecipientOffline"]);
        Host.LookUps.ShouldBe(1);
        Host.Retired.ShouldBeTrue();
    }

    [Fact]
    public void Should_not_begin_to_count_tries_again_behind_the_highest_number()
    {
        var chat = new PendingChat(TestChats.Chat("alice", "bob", "x", 1, "1"), origin: null);
        for (var i = 1; i <= 300; i++)
        {
            chat.CountAttempt();
            chat.Attempt.ShouldBe((byte)Math.Min(i, 255));
            chat.View.Attempt.ShouldBe(chat.Attempt);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_take_no_more_of_its_senders_budget_when_a_chat_waits_no_more(bool isHere)
    {
        var poor = Connection(2, waitingLimit: 500);
        for (var i = 1; i <= 100; i++)
        {
            var route = new Route(Route.User, Host);
            route.Send(TestChats.Chat("alice", "bob", "x", 2, $"{i}"), poor).ShouldBe(SendResult.Done);
            if (isHere)
                route.SetLocal(Session(Connection(100 + i)), out _);
            route.Fail(ErrorCode.RegistryUnavailable);
        }

        Host.Answers.Count(a => a.EndsWith(isHere ? "None" : "RegistryUnavailable", StringComparison.Ordinal)).ShouldBe(100);
    }

    [Fact]
    public void Should_stay_in_use_with_the_later_session_when_the_one_before_it_ends()
    {
        var (first, second) = (Session(Connection(7)), Session(Connection(8)));
        Route.SetLocal(first, out _).ShouldBeTrue();
        Route.SetLocal(second, out var previous).ShouldBeTrue();
        previous.ShouldBe(first);
        Route.ClearLocal(first);
        Route.Local.ShouldBe(second);
        Send();
        Host.Answers.ShouldBe(["1 None"]);
        Host.LookUps.ShouldBe(0);
        Route.ClearLocal(second);
        Host.Retired.ShouldBeTrue();
    }

    [Fact]
    public void Should_go_on_with_a_full_link_when_it_has_space_and_mark_the_first_chat_alone()
    {
        var link = new Link(Other, LinkSettings);
        for (var i = 0; i < 5; i++)
            Route.Send(TestChats.Chat("alice", "bob", new string('x', 1000), 1, $"{++Count}"), Alice).ShouldBe(SendResult.Done);
        Route.Found(link);
        Route.State.ShouldBe("draining");
        List<bool> first = [];
        for (var number = 1; number <= 5; number++)
        {
            link.NextFrame((_, _, bytes) =>
            {
                var reader = new LinkEntryReader(bytes.Span);
                reader.TryRead(out var entry).ShouldBeTrue();
                first.Add(LinkEntry.ReadChat(entry).IsFirst);
                return [];
            }).ShouldNotBeNull();
            Acknowledge(link, number);
        }

        first.ShouldBe([true, false, false, false, false]);
        Route.State.ShouldBe("flowing");
        Route.CountChats().ShouldBe(0);
    }

    [Fact]
    public void Should_send_nothing_another_way_when_a_chat_is_still_under_way_on_the_path_of_before()
    {
        var link = new Link(Other, LinkSettings);
        Send();
        Route.Found(link);
        link.NextFrame((_, _, _) => []).ShouldNotBeNull();
        Route.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        Send();
        Host.Answers.ShouldBeEmpty("the first chat may come back");
        Acknowledge(link, 1);
        Host.Answers.ShouldBe(["2 None"]);
    }

    [Fact]
    public void Should_know_which_node_answered_not_here_until_there_is_another_place()
    {
        var link = new Link(Other, LinkSettings);
        Send();
        Route.Found(link);
        Route.WrongNode.ShouldBeNull();
        SendBack(link);
        Route.WrongNode.ShouldBe(Other);
        Route.Found(new Link(new NodeId("h", 3, 3), LinkSettings));
        Route.WrongNode.ShouldBeNull();
    }

    [Fact]
    public void Should_keep_the_later_session_when_the_earlier_one_has_read_its_mailbox()
    {
        var (earlier, later) = (Session(Connection(7)), Session(Connection(8)));
        Route.SetLocal(later, out _).ShouldBeTrue();
        Route.RestoreLocal(earlier).ShouldBeTrue();
        Route.Local.ShouldBe(later);
    }

    /// <summary>Every answer early, late, twice or never: each chat is settled once, and in order.</summary>
    [Fact]
    public void Should_settle_each_chat_once_and_in_order_whatever_it_is_told_and_when() => Gen.Int[0, 11].Array[1, 80].Select(Gen.Bool).Sample((steps, mailboxes) =>
    {
        var host = new RouteHost { HasMailboxes = mailboxes };
        var route = new Route(UserName.TryCreate("bob")!, host);
        var alice = Connection(1);
        List<LocalSession> sessions = [];
        List<string> read = [];
        var sent = 0;
        foreach (var step in steps)
        {
            switch (step)
            {
                case <= 3:
                    if (route.Send(TestChats.Chat("alice", "bob", $"{sent + 1}", 1, $"{sent + 1}"), alice) == SendResult.Stale)
                        route = new Route(route.User, host);
                    else
                        sent++;
                    break;
                case 4:
                    route.FoundNobodyHere();
                    break;
                case 5:
                    route.FoundNowhere();
                    break;
                case 6:
                    route.Fail(ErrorCode.RegistryUnavailable);
                    break;
                case 7:
                    foreach (var deposit in host.Deposits.TakeLast(2).Reverse())
                        route.Stored(deposit, []);
                    break;
                case 8:
                    foreach (var deposit in host.Deposits.TakeLast(2).Reverse())
                        route.RecipientOnline(deposit, new ReaderId(Self, 9));
                    break;
                case 9:
                    foreach (var deposit in host.Deposits.TakeLast(2).Reverse())
                        route.TimedOut(deposit);
                    break;
                case 10:
                    var session = Session(Connection(10 + sessions.Count));
                    if (route.SetLocal(session, out _))
                        sessions.Add(session);
                    break;
                default:
                    if (sessions.Count > 0)
                    {
                        route.ClearLocal(sessions[^1]);
                        Drain(sessions[^1], read);
                    }

                    break;
            }
        }

        for (var i = 0; route.CountChats() > 0 && i < 1000; i++)
        {
            if (host.Deposits.Count > 0)
                route.Stored(host.Deposits[^1], []);
            route.FoundNowhere();
        }

        host.Answers.Select(a => int.Parse(a.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(Enumerable.Range(1, sent));
        sessions.ForEach(s => Drain(s, read));
        read.Count.ShouldBe(host.Answers.Count(a => a.EndsWith("None", StringComparison.Ordinal)));
    });
}
