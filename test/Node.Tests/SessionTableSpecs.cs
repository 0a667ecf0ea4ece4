using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

public class SessionTableSpecs
{
    private readonly SessionTable _sessions = new();

    [Fact]
    public void Should_restore_each_that_lives_and_none_that_ended_or_was_succeeded()
    {
        var (alice, bob, carol) = (Session("alice"), Session("bob"), Session("carol"));
        foreach (var session in new[] { alice, bob, carol })
            LogIn(session);
        _sessions.RestoreAll().ShouldBe(3);
        End(alice);
        var later = Session("bob");
        LogIn(later);
        End(bob);
        _sessions.IsLive(later).ShouldBeTrue("the earlier session's end is not the later one's");
        _sessions.NextToRestore().ShouldBe(carol);
        _sessions.NextToRestore().ShouldBeNull();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(497)]
    public void Should_compare_each_once_in_a_round(int count)
    {
        var all = Enumerable.Range(0, count).Select(i => Session($"u{i}")).ToList();
        all.ForEach(LogIn);
        var seen = Enumerable.Range(0, SessionTable.TurnsPerRound).SelectMany(_ => _sessions.NextToCompare()).ToList();
        seen.Distinct().Count().ShouldBe(count);
    }

    [Fact]
    public void Should_let_so_many_logins_in_at_once_and_the_others_in_order()
    {
        var admission = new Admission(2);
        var claims = Enumerable.Range(0, 4).Select(i => TestLogins.Login(Session($"u{i}"))).ToList();
        claims.Select(admission.TryEnter).ShouldBe([true, true, false, false]);
        admission.Leave().ShouldBe(claims[2]);
        admission.Leave().ShouldBe(claims[3]);
        admission.Leave().ShouldBeNull();
        admission.Leave().ShouldBeNull();
        claims.Select(admission.TryEnter).ShouldBe([true, true, false, false]);
    }

    [Fact]
    public void Should_keep_nobody_waiting_for_a_login_that_is_not_wanted_any_more()
    {
        var admission = new Admission(1);
        var claims = Enumerable.Range(0, 4).Select(i => TestLogins.Login(Session($"u{i}"))).ToList();
        claims.ForEach(c => admission.TryEnter(c));
        admission.Withdraw(claims[2]);
        admission.Withdraw(claims[0]);
        admission.Waiting.ShouldBe(2, "the first does not wait");
        admission.Leave().ShouldBe(claims[1]);
        admission.Leave().ShouldBe(claims[3]);
        admission.Waiting.ShouldBe(0);
        admission.Withdraw(claims[3]);
        admission.Leave().ShouldBeNull();
        admission.TryEnter(claims[2]).ShouldBeTrue();
    }

    [Fact]
    public void Should_tell_two_logins_apart_when_one_connection_sent_both_in_a_millisecond()
    {
        var connection = Session("bob").Connection;
        var (first, second) = (new LocalSession(Name("bob"), connection, DeliveryFormat.Text), new LocalSession(Name("bob"), connection, DeliveryFormat.Text));
        LogIn(second);
        End(first);
        _sessions.IsLive(first).ShouldBeFalse();
        _sessions.IsLive(second).ShouldBeTrue();
    }

    [Fact]
    public void Should_find_a_session_missing_only_when_it_lives_alone_and_the_registry_names_another_or_nobody()
    {
        var (self, session) = (new NodeId("n", 1, 1), Session("bob"));
        var here = Found(self, session.Connection.Id);
        LogIn(session);
        _sessions.IsMissing(session, here, self).ShouldBeFalse();
        _sessions.IsMissing(session, new FindOutcome.Unavailable("away"), self).ShouldBeFalse();
        _sessions.IsMissing(session, new FindOutcome.NotFound(), self).ShouldBeTrue();
        _sessions.IsMissing(session, Found(new NodeId("m", 2, 2), session.Connection.Id), self).ShouldBeTrue();
        _sessions.IsMissing(session, Found(self, session.Connection.Id + 1), self).ShouldBeTrue();
        _sessions.Of(session.User).Restore();
        _sessions.Update(session.User);
        _sessions.IsMissing(session, new FindOutcome.NotFound(), self).ShouldBeFalse("it is about to be claimed again");
        End(session);
        _sessions.IsMissing(session, new FindOutcome.NotFound(), self).ShouldBeFalse("it ended");
    }

    private static FindOutcome.Found Found(NodeId node, long connection) =>
        new(new SessionRecord(new SessionOwner(node, connection), 1, SessionModes.Plain));

    private void LogIn(LocalSession session)
    {
        var login = TestLogins.Login(session);
        _sessions.Of(session.User).Add(login);
        _sessions.Of(session.User).Next();
        _sessions.Of(session.User).Claimed(login, out _);
        _sessions.Update(session.User);
    }

    private void End(LocalSession session)
    {
        _sessions.Of(session.User).End(session);
        _sessions.Update(session.User);
    }

    private static UserName Name(string name) => UserName.TryCreate(name)!;

    private static LocalSession Session(string name) => new(
        Name(name),
        new ClientConnection(1, new Outbound(4096, new DeliveryWriter(DeliveryTemplate.TryParse("{content}")!)), 1024, TimeProvider.System),
        DeliveryFormat.Text);
}
