using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Tests;

/// <summary>A route and the mailbox of its recipient.</summary>
public class DepositRouteSpecs : RouteKit
{
    [Fact]
    public void Should_use_the_mailbox_when_the_first_chat_has_no_tries_left_however_many_come_behind()
    {
        Host.HasMailboxes = true;
        Send();
        for (var i = 1; i < RouteHost.Tries; i++)
        {
            Route.FoundNobodyHere().ShouldBeTrue();
            Send();
        }

        Host.Deposits.ShouldBeEmpty();
        Route.FoundNobodyHere().ShouldBeFalse();
        Host.Deposits.ShouldHaveSingleItem().Chats.Select(Text).ShouldBe(["1", "2", "3"]);
        Route.Stored(Host.Deposits[0], []);
        Host.Answers.ShouldBe(["1 stored", "2 stored", "3 stored"]);
    }

    [Fact]
    public void Should_say_that_a_chat_that_was_taken_back_waits_no_more_whatever_becomes_of_it()
    {
        Host.HasMailboxes = true;
        var settled = 0;
        var chat = new PendingChat(TestChats.Chat("alice", "bob", "x", 0, "1"), origin: null) { IsTakenBack = true, Settled = () => settled++ };
        Route.TakeBack([chat], new ReaderId(Self, 7)).ShouldBeTrue();
        Route.RecipientOnline(Host.Deposits[0], new ReaderId(Self, 8));
        settled.ShouldBe(0);
        Route.Fail(ErrorCode.RegistryUnavailable);
        settled.ShouldBe(1);
        var next = new PendingChat(TestChats.Chat("alice", "bob", "y", 0, "2"), origin: null) { IsTakenBack = true, Settled = () => settled++ };
        var again = new Route(Route.User, Host);
        again.TakeBack([next], new ReaderId(Self, 7)).ShouldBeTrue();
        again.RecipientOnline(Host.Deposits[1], new ReaderId(Self, 8));
        again.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        settled.ShouldBe(1);
        again.FoundNobodyHere().ShouldBeFalse();
        settled.ShouldBe(2);
    }

    [Fact]
    public void Should_put_so_many_chats_into_one_deposit_and_keep_their_order_when_it_is_refused()
    {
        Host.HasMailboxes = true;
        PendingChat[] back = [.. Enumerable.Range(1, 300).Select(i => new PendingChat(TestChats.Chat("alice", "bob", $"{i}", 0, $"{i}"), origin: null))];
        Route.TakeBack(back, new ReaderId(Self, 7)).ShouldBeTrue();
        Host.Deposits[0].Chats.Count.ShouldBe(256);
        Host.Deposits[0].NotReader.ShouldBe(new ReaderId(Self, 7));
        Route.RecipientOnline(Host.Deposits[0], new ReaderId(Self, 8));
        Route.FoundMailbox();
        Route.Stored(Host.Deposits[1], []);
        Host.Deposits[1].Chats.Concat(Host.Deposits[2].Chats).Select(Text).ShouldBe(Enumerable.Range(1, 300).Select(i => $"{i}"));
    }

    [Fact]
    public void Should_put_so_many_bytes_into_one_deposit_and_a_longer_chat_alone()
    {
        Host.HasMailboxes = true;
        foreach (var size in new[] { 30_000, 30_000, 30_000, 100_000, 1 })
            Route.Send(TestChats.Chat("alice", "bob", new string('x', size), 1, "1"), Alice).ShouldBe(SendResult.Done);
        Route.FoundNowhere();
        for (var i = 0; i < Host.Deposits.Count; i++)
            Route.Stored(Host.Deposits[i], []);
        Host.Deposits.Select(d => d.Chats.Count).ShouldBe([2, 1, 1, 1]);
    }

    [Fact]
    public void Should_number_the_chats_of_a_stream_and_begin_another_when_a_deposit_timed_out()
    {
        Host.HasMailboxes = true;
        Send();
        Send();
        Route.FoundNowhere();
        Send();
        Route.Stored(Host.Deposits[0], []);
        Send();
        Route.TimedOut(Host.Deposits[1]);
        Host.Deposits.Select(d => (d.Stream, d.First, d.Chats.Count)).ShouldBe([(1, 1, 2), (1, 3, 1), (2, 1, 1)]);
    }

    [Fact]
    public void Should_tell_each_chat_of_a_deposit_what_became_of_it_when_some_are_refused()
    {
        Host.HasMailboxes = true;
        for (var i = 0; i < 4; i++)
            Send();
        Route.FoundNowhere();
        Route.Stored(Host.Deposits[0], [new(2, ErrorCode.MailboxFull), new(4, ErrorCode.MailboxUnavailable)]);
        Host.Answers.ShouldBe(["1 stored", "2 MailboxFull", "3 stored", "4 MailboxUnavailable"]);
    }

    [Fact]
    public void Should_send_what_came_back_before_what_waited_behind_it_when_both_were_sent_before()
    {
        Host.HasMailboxes = true;
        var link = new Link(Other, LinkSettings);
        for (var i = 0; i < 6; i++)
            Route.Send(TestChats.Chat("alice", "bob", new string('x', 1000), 1, $"{++Count}"), Alice).ShouldBe(SendResult.Done);
        Route.FoundNowhere();
        Route.RecipientOnline(Host.Deposits[0], new ReaderId(Other, 7));
        Route.Found(link);
        Route.State.ShouldBe("draining", "some of the chats that the mailbox did not take are on the link, and the others wait");

        SendBack(link);

        Route.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        Route.FoundNowhere();
        Host.Answers.ShouldBe(["1 None", "2 None", "3 None", "4 None", "5 None", "6 None"]);
    }
}
