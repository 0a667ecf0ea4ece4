using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>One route, told everything by hand.</summary>
public class RouteSpecs
{
    private static readonly NodeId s_self = new("h", 1, 1);

    private static readonly NodeId s_other = new("h", 2, 2);
    private static readonly LinkSettings s_link = new(
        4096, 64, 1024, 3, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(2));

    private readonly Host _host = new();
    private readonly Route _route;
    private readonly ClientConnection _alice;
    private int _sent;

    public RouteSpecs()
    {
        _route = new Route(UserName.TryCreate("bob")!, _host);
        _alice = Connection(1);
    }

    [Fact]
    public void Should_use_the_mailbox_when_the_first_chat_has_no_tries_left_however_many_come_behind()
    {
        _host.HasMailboxes = true;
        Send();
        for (var i = 1; i < Host.Tries; i++)
        {
            _route.FoundNobodyHere().ShouldBeTrue();
            Send();
        }

        _host.Deposits.ShouldBeEmpty();
        _route.FoundNobodyHere().ShouldBeFalse();
        _host.Deposits.ShouldHaveSingleItem().Chats.Select(Text).ShouldBe(["1", "2", "3"]);
        _route.Stored(_host.Deposits[0], []);
        _host.Answers.ShouldBe(["1 stored", "2 stored", "3 stored"]);
    }

    [Fact]
    public void Should_refuse_each_chat_after_its_own_tries_where_there_are_no_mailboxes()
    {
        Send();
        _route.FoundNobodyHere().ShouldBeTrue();
        Send();
        _route.FoundNobodyHere().ShouldBeTrue();
        _host.Answers.ShouldBeEmpty();
        _route.FoundNobodyHere().ShouldBeTrue();
        _host.Answers.ShouldBe(["1 RecipientOffline"]);
        _route.State.ShouldBe("resolving");
        _route.FoundNobodyHere().ShouldBeFalse();
        _host.Answers.ShouldBe(["1 RecipientOffline", "2 RecipientOffline"]);
        _host.LookUps.ShouldBe(1);
        _host.Retired.ShouldBeTrue();
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

    [Fact]
    public void Should_say_that_a_chat_that_was_taken_back_waits_no_more_whatever_becomes_of_it()
    {
        _host.HasMailboxes = true;
        var settled = 0;
        var chat = new PendingChat(TestChats.Chat("alice", "bob", "x", 0, "1"), origin: null) { IsTakenBack = true, Settled = () => settled++ };
        _route.TakeBack([chat], new ReaderId(s_self, 7)).ShouldBeTrue();
        _route.RecipientOnline(_host.Deposits[0], new ReaderId(s_self, 8));
        settled.ShouldBe(0);
        _route.Fail(ErrorCode.RegistryUnavailable);
        settled.ShouldBe(1);
        var next = new PendingChat(TestChats.Chat("alice", "bob", "y", 0, "2"), origin: null) { IsTakenBack = true, Settled = () => settled++ };
        var again = new Route(_route.User, _host);
        again.TakeBack([next], new ReaderId(s_self, 7)).ShouldBeTrue();
        again.RecipientOnline(_host.Deposits[1], new ReaderId(s_self, 8));
        again.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        settled.ShouldBe(1);
        again.FoundNobodyHere().ShouldBeFalse();
        settled.ShouldBe(2);
    }

    [Fact]
    public void Should_put_so_many_chats_into_one_deposit_and_keep_their_order_when_it_is_refused()
    {
        _host.HasMailboxes = true;
        PendingChat[] back = [.. Enumerable.Range(1, 300).Select(i => new PendingChat(TestChats.Chat("alice", "bob", $"{i}", 0, $"{i}"), origin: null))];
        _route.TakeBack(back, new ReaderId(s_self, 7)).ShouldBeTrue();
        _host.Deposits[0].Chats.Count.ShouldBe(256);
        _host.Deposits[0].NotReader.ShouldBe(new ReaderId(s_self, 7));
        _route.RecipientOnline(_host.Deposits[0], new ReaderId(s_self, 8));
        _route.FoundMailbox();
        _route.Stored(_host.Deposits[1], []);
        _host.Deposits[1].Chats.Concat(_host.Deposits[2].Chats).Select(Text).ShouldBe(Enumerable.Range(1, 300).Select(i => $"{i}"));
    }

    [Fact]
    public void Should_put_so_many_bytes_into_one_deposit_and_a_longer_chat_alone()
    {
        _host.HasMailboxes = true;
        foreach (var size in new[] { 30_000, 30_000, 30_000, 100_000, 1 })
            _route.Send(TestChats.Chat("alice", "bob", new string('x', size), 1, "1"), _alice).ShouldBe(SendResult.Done);
        _route.FoundNowhere();
        for (var i = 0; i < _host.Deposits.Count; i++)
            _route.Stored(_host.Deposits[i], []);
        _host.Deposits.Select(d => d.Chats.Count).ShouldBe([2, 1, 1, 1]);
    }

    [Fact]
    public void Should_number_the_chats_of_a_stream_and_begin_another_when_a_deposit_timed_out()
    {
        _host.HasMailboxes = true;
        Send();
        Send();
        _route.FoundNowhere();
        Send();
        _route.Stored(_host.Deposits[0], []);
        Send();
        _route.TimedOut(_host.Deposits[1]);
        _host.Deposits.Select(d => (d.Stream, d.First, d.Chats.Count)).ShouldBe([(1, 1, 2), (1, 3, 1), (2, 1, 1)]);
    }

    [Fact]
    public void Should_tell_each_chat_of_a_deposit_what_became_of_it_when_some_are_refused()
    {
        _host.HasMailboxes = true;
        for (var i = 0; i < 4; i++)
            Send();
        _route.FoundNowhere();
        _route.Stored(_host.Deposits[0], [new(2, ErrorCode.MailboxFull), new(4, ErrorCode.MailboxUnavailable)]);
        _host.Answers.ShouldBe(["1 stored", "2 MailboxFull", "3 stored", "4 MailboxUnavailable"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_take_no_more_of_its_senders_budget_when_a_chat_waits_no_more(bool isHere)
    {
        var poor = Connection(2, waitingLimit: 500);
        for (var i = 1; i <= 100; i++)
        {
            var route = new Route(_route.User, _host);
            route.Send(TestChats.Chat("alice", "bob", "x", 2, $"{i}"), poor).ShouldBe(SendResult.Done);
            if (isHere)
                route.SetLocal(Session(Connection(100 + i)), out _);
            route.Fail(ErrorCode.RegistryUnavailable);
        }

        _host.Answers.Count(a => a.EndsWith(isHere ? "None" : "RegistryUnavailable", StringComparison.Ordinal)).ShouldBe(100);
    }

    [Fact]
    public void Should_stay_in_use_with_the_later_session_when_the_one_before_it_ends()
    {
        var (first, second) = (Session(Connection(7)), Session(Connection(8)));
        _route.SetLocal(first, out _).ShouldBeTrue();
        _route.SetLocal(second, out var previous).ShouldBeTrue();
        previous.ShouldBe(first);
        _route.ClearLocal(first);
        _route.Local.ShouldBe(second);
        Send();
        _host.Answers.ShouldBe(["1 None"]);
        _host.LookUps.ShouldBe(0);
        _route.ClearLocal(second);
        _host.Retired.ShouldBeTrue();
    }

    [Fact]
    public void Should_go_on_with_a_full_link_when_it_has_space_and_mark_the_first_chat_alone()
    {
        var link = new Link(s_other, s_link);
        for (var i = 0; i < 5; i++)
            _route.Send(TestChats.Chat("alice", "bob", new string('x', 1000), 1, $"{++_sent}"), _alice).ShouldBe(SendResult.Done);
        _route.Found(link);
        _route.State.ShouldBe("draining");
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
        _route.State.ShouldBe("flowing");
        _route.CountChats().ShouldBe(0);
    }

    [Fact]
    public void Should_send_nothing_another_way_when_a_chat_is_still_under_way_on_the_path_of_before()
    {
        var link = new Link(s_other, s_link);
        Send();
        _route.Found(link);
        link.NextFrame((_, _, _) => []).ShouldNotBeNull();
        _route.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        Send();
        _host.Answers.ShouldBeEmpty("the first chat may come back");
        Acknowledge(link, 1);
        _host.Answers.ShouldBe(["2 None"]);
    }

    [Fact]
    public void Should_send_what_came_back_before_what_waited_behind_it_when_both_were_sent_before()
    {
        _host.HasMailboxes = true;
        var link = new Link(s_other, s_link);
        for (var i = 0; i < 6; i++)
            _route.Send(TestChats.Chat("alice", "bob", new string('x', 1000), 1, $"{++_sent}"), _alice).ShouldBe(SendResult.Done);
        _route.FoundNowhere();
        _route.RecipientOnline(_host.Deposits[0], new ReaderId(s_other, 7));
        _route.Found(link);
        _route.State.ShouldBe("draining", "some of the chats that the mailbox did not take are on the link, and the others wait");

        SendBack(link);

        _route.SetLocal(Session(Connection(8)), out _).ShouldBeTrue();
        _route.FoundNowhere();
        _host.Answers.ShouldBe(["1 None", "2 None", "3 None", "4 None", "5 None", "6 None"]);
    }

    [Fact]
    public void Should_know_which_node_answered_not_here_until_there_is_another_place()
    {
        var link = new Link(s_other, s_link);
        Send();
        _route.Found(link);
        _route.WrongNode.ShouldBeNull();
        SendBack(link);
        _route.WrongNode.ShouldBe(s_other);
        _route.Found(new Link(new NodeId("h", 3, 3), s_link));
        _route.WrongNode.ShouldBeNull();
    }

    [Fact]
    public void Should_keep_the_later_session_when_the_earlier_one_has_read_its_mailbox()
    {
        var (earlier, later) = (Session(Connection(7)), Session(Connection(8)));
        _route.SetLocal(later, out _).ShouldBeTrue();
        _route.RestoreLocal(earlier).ShouldBeTrue();
        _route.Local.ShouldBe(later);
    }

    /// <summary>Every answer early, late, twice or never: each chat is settled once, and in order.</summary>
    [Fact]
    public void Should_settle_each_chat_once_and_in_order_whatever_it_is_told_and_when() => Gen.Int[0, 11].Array[1, 80].Select(Gen.Bool).Sample((steps, mailboxes) =>
    {
        var host = new Host { HasMailboxes = mailboxes };
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
                        route.RecipientOnline(deposit, new ReaderId(s_self, 9));
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

    private static void Acknowledge(Link link, long number) => Acknowledge(link, number, [], (_, _) => { });

    private static void Acknowledge(Link link, long number, LinkFailure[] failures, Action<byte[], ErrorCode> giveBack)
    {
        var counters = new NodeCounters();
        link.Acknowledge(number, failures, new ConnectionTable(counters, new TraceLog(TimeProvider.System)), counters, giveBack);
    }

    /// <summary>The other node has no session for any chat on the link.</summary>
    private void SendBack(Link link)
    {
        while (!link.IsIdle)
        {
            while (link.NextFrame((_, _, _) => []) is not null)
            {
            }

            var failures = new List<LinkFailure>();
            for (var number = link.Progress.Acknowledged + 1; number < link.NextNumber; number++)
                failures.Add(new LinkFailure(number, ErrorCode.RecipientOffline));
            Acknowledge(link, failures[^1].Number, [.. failures], (entry, _) => _route.Returned(new PendingChat(entry, _alice), link));
        }
    }

    private static void Drain(LocalSession session, List<string> read)
    {
        while (session.Connection.Outbound.TryTake(out var bytes) == Outbound.Take.Bytes)
            read.AddRange(Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static ClientConnection Connection(long id, int waitingLimit = 1024 * 1024) =>
        new(id, new Outbound(64 * 1024 * 1024, new DeliveryWriter(DeliveryTemplate.TryParse("{send} {content}")!)), waitingLimit, TimeProvider.System);

    private static LocalSession Session(ClientConnection connection) => new(UserName.TryCreate("bob")!, connection, DeliveryFormat.Text);

    private static string Text(PendingChat chat) => Encoding.UTF8.GetString(chat.View.Content);

    private void Send() => _route.Send(TestChats.Chat("alice", "bob", $"{++_sent}", 1, $"{_sent}"), _alice).ShouldBe(SendResult.Done);

    private sealed class Host : IRouteHost
    {
        public const int Tries = 3;
        private long _streams;

        public List<string> Answers { get; } = [];

        public List<Deposit> Deposits { get; } = [];

        public int LookUps { get; private set; }

        public bool Retired { get; private set; }

        public int MaxAttempts => Tries;

        public bool HasMailboxes { get; set; }

        public long NextStream() => ++_streams;

        public void Deposit(Deposit deposit) => Deposits.Add(deposit);

        public void AnswerStored(scoped in ChatView chat) => Answers.Add($"{Encoding.UTF8.GetString(chat.Id)} stored");

        public void LookUp(Route route) => LookUps++;

        public void Answer(scoped in ChatView chat, ErrorCode code) => Answers.Add($"{Encoding.UTF8.GetString(chat.Id)} {code}");

        public void HereChanged(bool isHere)
        {
        }

        public void Retire(Route route) => Retired = true;
    }
}
