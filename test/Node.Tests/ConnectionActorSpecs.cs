using ChatAkka.Node.Connections;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>One connection, and answers that come late, twice, or when nobody waits for them any more.</summary>
public class ConnectionActorSpecs : ConnectionActorKit
{
    private const string Unknown = """{"ok":"login","name":"ann","node":"here:1","waiting":null}""";

    [Fact]
    public async Task Should_answer_a_login_once_and_lose_no_receipt_when_the_mailbox_answers_after_logout()
    {
        var pull = Ann.LogInToMailbox(Chat, """{"cmd":"logout"}""");
        Ann.Pass(ConnectionHarness.Patience);
        (await Ann.OutputAsync()).ShouldBe([Unknown]);
        await Ann.AnswerAsync(pull, waiting: 3);
        (await Ann.OutputAsync()).ShouldBe([Unknown], "the login was answered");
        Ann.IsEnded.ShouldBeFalse("a receipt is open");
        Ann.Store();
        (await Ann.OutputAsync()).ShouldBe([Unknown, Stored, LoggedOut]);
        Ann.IsEnded.ShouldBeTrue();
        Ann.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_run_no_line_before_the_answer_to_who_when_the_mailbox_answers_late()
    {
        var pull = Ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""", "ping");
        Ann.Pass(ConnectionHarness.Patience);
        await Ann.IsAskedAsync();
        await Ann.AnswerAsync(pull, waiting: 3);
        (await Ann.OutputAsync()).ShouldBe([Unknown]);
        Ann.AnswerWho(new FindOutcome.NotFound());
        await Eventually.TrueAsync(async () => (await Ann.OutputAsync()).Count >= 3, "who and ping are answered");
        (await Ann.OutputAsync()).ShouldBe([Unknown, """{"ok":"who","name":"bob","online":false}""", "OK ping"]);
        Ann.DoneCount.ShouldBe(1);
    }

    [Fact]
    public async Task Should_answer_a_login_once_when_its_mailbox_answers_in_time_and_let_the_reader_begin()
    {
        var pull = Ann.LogInToMailbox("ping");
        (await Ann.OutputAsync()).ShouldBeEmpty("the mailbox is asked");
        await Ann.AnswerAsync(pull, waiting: 3);
        Ann.Pass(ConnectionHarness.Patience);
        (await Ann.OutputAsync()).ShouldBe(["""{"ok":"login","name":"ann","node":"here:1","waiting":3}""", "OK ping"]);

        // It was told to start: it asks for more.
        Ann.Mailboxes.ExpectMsg<MailboxMessage.Pull>().Number.ShouldBe(2);
    }

    [Fact]
    public async Task Should_take_a_doubled_answer_of_the_mailbox_for_none_and_let_its_sender_begin_all_the_same()
    {
        var pull = Ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""");
        await Ann.AnswerAsync(pull, waiting: 3);
        await Ann.IsAskedAsync();
        Ann.Actor.Tell(new MailboxReaderActor.Opened(4), TestActor);
        ExpectMsg<MailboxReaderActor.Start>();
        (await Ann.OutputAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Should_take_the_answer_to_a_claim_for_the_login_alone()
    {
        var pull = Ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""", "ping");

        // Doubled while the mailbox is asked, and while who is.
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None));
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        (await Ann.OutputAsync()).ShouldBeEmpty();
        await Ann.AnswerAsync(pull, waiting: 0);
        await Ann.IsAskedAsync();
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        (await Ann.OutputAsync()).Count.ShouldBe(1);
        Ann.Connection.Session.ShouldNotBeNull();
        Ann.Connection.IsLoggedIn.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_take_no_other_outcome_for_the_answer_to_who()
    {
        Ann.Send("who bob", "ping");
        await Ann.IsAskedAsync();
        Ann.Tell(new FindOutcome.NotFound());
        (await Ann.OutputAsync()).ShouldBeEmpty();
        Ann.AnswerWho(new FindOutcome.Unavailable("away"));
        await Eventually.TrueAsync(async () => (await Ann.OutputAsync()).Count >= 2, "both are answered");
        (await Ann.OutputAsync())[0].ShouldStartWith("ERROR registry_unavailable");
    }

    [Fact]
    public async Task Should_release_a_session_whose_claim_is_answered_after_the_connection_closed()
    {
        Ann.Send("login ann", "ping");
        var claim = Ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        Ann.Tell(new CloseConnection(ErrorCode.ServerClosing));
        Ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>().Session.ShouldBeSameAs(claim.Session);
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: true));
        (await Ann.OutputAsync()).Count.ShouldBe(1);
        Ann.IsEnded.ShouldBeTrue();
        Ann.Connection.Session.ShouldBeNull();
        Ann.Mailboxes.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Should_go_on_behind_a_login_that_was_refused_and_take_the_next_one()
    {
        Ann.Send("login ann", "ping", """{"cmd":"login","name":"eve"}""");
        Ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        Ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>().Session.User.Text.ShouldBe("eve");
        Ann.Tell(new SessionMessage.ClaimResult(ErrorCode.RegistryUnavailable));
        var output = await Ann.OutputAsync();
        output.Count.ShouldBe(3);
        output[0].ShouldStartWith("ERROR name_taken");
        output[1].ShouldBe("OK ping");
        output[2].ShouldStartWith("{\"error\":\"registry_unavailable\"");
    }
}
