using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Tests;

/// <summary>The checker itself is checked: what is planted in a good history is found, and what is allowed is not taken for a fault.</summary>
public class HistoryCheckerSpecs
{
    [Fact]
    public void Should_find_nothing_in_a_good_history() => Good().Broken().ShouldBeEmpty();

    [Fact]
    public void Should_find_a_lost_chat_that_has_a_receipt() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 4 }).Broken().ShouldBe(["receipt"]);

    [Fact]
    public void Should_find_a_lost_chat_in_the_middle_of_a_connection_that_broke_later() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 4 })
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset")).Broken().ShouldBe(["receipt"]);

    [Fact]
    public void Should_allow_the_loss_of_what_was_on_its_way_to_a_connection_that_broke() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 10 })
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset")).Broken().ShouldBeEmpty();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_allow_a_receipt_of_a_stopped_node_that_did_not_see_its_client_go(bool isStopped)
    {
        var history = Good();
        if (isStopped)
            history.Add(at => new HistoryEvent.Disturbed(at, at + 30_000_000, HistoryBuilder.HostB));
        history.Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "gave up")).Wait(4)
            .Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 12, "bob", true)).Wait(2)
            .Add(at => new HistoryEvent.Answered(at, HistoryBuilder.Alice, 12, "delivered"))
            .Broken().ShouldBe(isStopped ? [] : ["receipt"]);
    }

    [Fact]
    public void Should_find_a_chat_without_an_id_that_is_lost_in_silence() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 5 }).Broken().ShouldBe(["loss"]);

    [Fact]
    public void Should_allow_the_loss_of_a_chat_without_an_id_where_the_sender_is_told() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 5 })
            .Add(at => new HistoryEvent.Complained(at, HistoryBuilder.Alice, "recipient_offline")).Broken().ShouldBeEmpty();

    [Fact]
    public void Should_find_a_missing_answer() =>
        Good().Remove(e => e is HistoryEvent.Answered { Number: 4 }).Broken().ShouldBe(["one answer"]);

    [Fact]
    public void Should_allow_a_missing_answer_where_the_senders_connection_broke() =>
        Good().Remove(e => e is HistoryEvent.Answered { Number: 4 })
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Alice, "reset")).Broken().ShouldBeEmpty();

    [Fact]
    public void Should_find_a_stored_chat_that_never_arrives() =>
        Acknowledging().Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 12, "bob", true))
            .Add(at => new HistoryEvent.Answered(at, HistoryBuilder.Alice, 12, "stored")).Broken().ShouldBe(["stored"]);

    [Fact]
    public void Should_find_a_stored_chat_that_a_user_lost_who_came_back() =>
        Acknowledging().Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 12, "bob", true))
            .Add(at => new HistoryEvent.Answered(at, HistoryBuilder.Alice, 12, "stored"))
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset"))
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA, true)).Broken().ShouldBe(["stored"]);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void Should_allow_a_chat_to_come_again_to_who_acknowledges_under_the_same_number_only(long first, long second) =>
        Acknowledging().Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 12, "bob", true))
            .Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Bob, HistoryBuilder.Alice, 12, first))
            .Add(at => new HistoryEvent.Answered(at, HistoryBuilder.Alice, 12, "stored"))
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset"))
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA, true))
            .Add(at => new HistoryEvent.Delivered(at, 3, HistoryBuilder.Alice, 12, second))
            .Broken().ShouldBe(first == second ? [] : ["duplicate"]);

    [Fact]
    public void Should_find_a_number_that_stands_for_two_chats() =>
        Acknowledging().Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 12, "bob", false))
            .Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Bob, HistoryBuilder.Alice, 12, 7))
            .Add(at => new HistoryEvent.Sent(at, HistoryBuilder.Alice, 13, "bob", false))
            .Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Bob, HistoryBuilder.Alice, 13, 7)).Broken().ShouldBe(["number"]);

    [Fact]
    public void Should_find_a_second_answer() =>
        Good().Add(at => new HistoryEvent.Answered(at, HistoryBuilder.Alice, 4, "recipient_offline")).Broken().ShouldBe(["one answer", "refusal"], ignoreOrder: true);

    [Fact]
    public void Should_find_a_duplicate_on_one_connection() =>
        Good().Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Bob, HistoryBuilder.Alice, 10)).Broken().ShouldBe(["duplicate"]);

    [Theory]
    [InlineData(10, false)]
    [InlineData(9, true)]
    public void Should_allow_a_second_delivery_only_with_an_id_and_after_the_first_connection_broke(int number, bool isFault) =>
        Good().Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset"))
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA))
            .Add(at => new HistoryEvent.Delivered(at, 3, HistoryBuilder.Alice, number))
            .Broken().Contains("duplicate").ShouldBe(isFault);

    [Theory]
    [InlineData(HistoryBuilder.HostA, true)]
    [InlineData(HistoryBuilder.HostB, false)]
    public void Should_allow_a_second_delivery_without_an_id_only_when_the_first_connections_node_died(string dead, bool isFault) =>
        Good().Add(at => new HistoryEvent.Died(at, dead, 20_000_000))
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset"))
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA))
            .Add(at => new HistoryEvent.Delivered(at, 3, HistoryBuilder.Alice, 9))
            .Broken().Contains("duplicate").ShouldBe(isFault);

    [Fact]
    public void Should_find_a_reordering() =>
        Good().Swap(e => e is HistoryEvent.Delivered { Number: 4 }, e => e is HistoryEvent.Delivered { Number: 6 }).Broken().ShouldContain("order");

    [Fact]
    public void Should_find_a_chat_that_somebody_else_got() =>
        Good().Remove(e => e is HistoryEvent.Delivered { Number: 5 })
            .Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Alice, HistoryBuilder.Alice, 5)).Broken().ShouldContain("stranger");

    [Fact]
    public void Should_find_a_chat_that_nobody_sent() =>
        Good().Add(at => new HistoryEvent.Delivered(at, HistoryBuilder.Bob, HistoryBuilder.Alice, 99)).Broken().ShouldBe(["stranger"]);

    [Fact]
    public void Should_find_a_second_session() =>
        Good().Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA)).Wait(5).Look().Broken().ShouldBe(["one session"]);

    [Fact]
    public void Should_allow_a_second_session_for_as_long_as_a_node_that_is_cut_off_may_take()
    {
        IReadOnlyList<string> After(double seconds) => Good()
            .Add(at => new HistoryEvent.Disturbed(at, at + 30_000_000, HistoryBuilder.HostB))
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostA)).Wait(seconds)
            .Look().Broken();
        After(10).ShouldBeEmpty();
        After(20).ShouldBe(["one session"]);
    }

    [Fact]
    public void Should_find_a_missing_key_of_somebody_who_is_logged_in() =>
        Good().Look(new Dictionary<string, string> { ["alice"] = HistoryBuilder.Keys["alice"] }).Broken().ShouldBe(["key of the living"]);

    [Theory]
    [InlineData("bob", 2, true)]
    [InlineData("bob", 6, false)]
    [InlineData("alice", 2, false)]
    public void Should_allow_a_missing_key_for_a_moment_after_another_login_of_the_same_user_broke_off(string user, int seconds, bool isAllowed) =>
        Good().Add(at => new HistoryEvent.LoginFailed(at, at - 1000, user, HistoryBuilder.HostA, "server_closing")).Wait(seconds)
            .Look(new Dictionary<string, string> { ["alice"] = HistoryBuilder.Keys["alice"] })
            .Broken().ShouldBe(isAllowed ? [] : ["key of the living"]);

    [Fact]
    public void Should_allow_a_missing_key_while_Redis_is_away() =>
        Good().Add(at => new HistoryEvent.Disturbed(at, at + 1_000_000, "redis")).Look(new Dictionary<string, string>()).Broken().ShouldBeEmpty();

    [Fact]
    public void Should_find_a_ghost_key_after_the_bound_and_not_before()
    {
        HistoryBuilder Dead() => Good().Look().Add(at => new HistoryEvent.Died(at, HistoryBuilder.HostB, 2_000_000))
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset"));
        Dead().Wait(1).Look().Broken().ShouldBeEmpty();
        Dead().Wait(3).Look().Broken().ShouldBe(["ghost"]);
        Dead().Wait(3).Look(new Dictionary<string, string> { ["alice"] = HistoryBuilder.Keys["alice"] }).Broken().ShouldBeEmpty();
    }

    [Fact]
    public void Should_not_take_the_next_incarnation_for_a_ghost() =>
        Good().Look().Add(at => new HistoryEvent.Died(at, HistoryBuilder.HostB, 2_000_000))
            .Add(at => new HistoryEvent.Ended(at, HistoryBuilder.Bob, "reset")).Wait(3)
            .Add(at => new HistoryEvent.LoggedIn(at, 3, "bob", HistoryBuilder.HostB))
            .Look(new Dictionary<string, string> { ["alice"] = HistoryBuilder.Keys["alice"], ["bob"] = HistoryBuilder.HostB + ":1#9" })
            .Broken().ShouldBeEmpty();

    [Fact]
    public void Should_find_more_clients_than_the_cap() =>
        Good().Add(at => new HistoryEvent.LoggedIn(at, 3, "carol", HistoryBuilder.HostA)).Broken(cap: 1).ShouldBe(["cap"]);

    [Fact]
    public void Should_find_two_relays_in_one_term_and_a_node_that_goes_back()
    {
        Good().Add(at => new HistoryEvent.RelayActed(at, "r1/1", 5)).Add(at => new HistoryEvent.RelayActed(at, "r2/1", 5)).Broken().ShouldBe(["one relay"]);
        Good().Add(at => new HistoryEvent.TermFollowed(at, "n1/1", 6)).Add(at => new HistoryEvent.TermFollowed(at, "n1/1", 5)).Broken().ShouldBe(["one relay"]);
        Good().Add(at => new HistoryEvent.TermFollowed(at, "n1/1", 6)).Add(at => new HistoryEvent.TermFollowed(at, "n1/2", 7)).Broken().ShouldBeEmpty();
    }

    private static HistoryBuilder Acknowledging() => new HistoryBuilder()
        .Remove(e => e is HistoryEvent.LoggedIn { Connection: HistoryBuilder.Bob })
        .Add(at => new HistoryEvent.LoggedIn(at, HistoryBuilder.Bob, "bob", HistoryBuilder.HostB, true));

    private static HistoryBuilder Good() => new HistoryBuilder().Look().Chats(10);
}
