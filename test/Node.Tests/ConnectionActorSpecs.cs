using System.Text;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>One connection, and answers that come late, twice, or when nobody waits for them any more.</summary>
public class ConnectionActorSpecs : TestKit
{
    private const string Chat = """{"cmd":"chat","recv":"bob","content":"x","id":"c1"}""";
    private const string Stored = """{"ok":"chat","id":"c1","receipt":"stored"}""";
    private const string LoggedOut = """{"ok":"logout"}""";
    private const string Unknown = """{"ok":"login","name":"ann","node":"here:1","waiting":null}""";
    private readonly ConnectionHarness _ann;

    public ConnectionActorSpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        _ann = new ConnectionHarness(this);

    [Fact]
    public async Task Should_answer_a_login_once_and_lose_no_receipt_when_the_mailbox_answers_after_logout()
    {
        var pull = _ann.LogInToMailbox(Chat, """{"cmd":"logout"}""");
        _ann.Pass(ConnectionHarness.Patience);
        (await _ann.OutputAsync()).ShouldBe([Unknown]);
        await _ann.AnswerAsync(pull, waiting: 3);
        (await _ann.OutputAsync()).ShouldBe([Unknown], "the login was answered");
        _ann.IsEnded.ShouldBeFalse("a receipt is open");
        _ann.Store();
        (await _ann.OutputAsync()).ShouldBe([Unknown, Stored, LoggedOut]);
        _ann.IsEnded.ShouldBeTrue();
        _ann.IsAborted.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_run_no_line_before_the_answer_to_who_when_the_mailbox_answers_late()
    {
        var pull = _ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""", "ping");
        _ann.Pass(ConnectionHarness.Patience);
        await _ann.IsAskedAsync();
        await _ann.AnswerAsync(pull, waiting: 3);
        (await _ann.OutputAsync()).ShouldBe([Unknown]);
        _ann.AnswerWho(new FindOutcome.NotFound());
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).Count >= 3, "who and ping are answered");
        (await _ann.OutputAsync()).ShouldBe([Unknown, """{"ok":"who","name":"bob","online":false}""", "OK ping"]);
        _ann.DoneCount.ShouldBe(1);
    }

    [Fact]
    public async Task Should_answer_a_login_once_when_its_mailbox_answers_in_time_and_let_the_reader_begin()
    {
        var pull = _ann.LogInToMailbox("ping");
        (await _ann.OutputAsync()).ShouldBeEmpty("the mailbox is asked");
        await _ann.AnswerAsync(pull, waiting: 3);
        _ann.Pass(ConnectionHarness.Patience);
        (await _ann.OutputAsync()).ShouldBe(["""{"ok":"login","name":"ann","node":"here:1","waiting":3}""", "OK ping"]);

        // It was told to start: it asks for more.
        _ann.Mailboxes.ExpectMsg<MailboxMessage.Pull>().Number.ShouldBe(2);
    }

    [Fact]
    public async Task Should_take_a_doubled_answer_of_the_mailbox_for_none_and_let_its_sender_begin_all_the_same()
    {
        var pull = _ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""");
        await _ann.AnswerAsync(pull, waiting: 3);
        await _ann.IsAskedAsync();
        _ann.Actor.Tell(new MailboxReaderActor.Opened(4), TestActor);
        ExpectMsg<MailboxReaderActor.Start>();
        (await _ann.OutputAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Should_take_the_answer_to_a_claim_for_the_login_alone()
    {
        var pull = _ann.LogInToMailbox("""{"cmd":"who","name":"bob"}""", "ping");

        // Doubled while the mailbox is asked, and while who is.
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None));
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        (await _ann.OutputAsync()).ShouldBeEmpty();
        await _ann.AnswerAsync(pull, waiting: 0);
        await _ann.IsAskedAsync();
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        (await _ann.OutputAsync()).Count.ShouldBe(1);
        _ann.Connection.Session.ShouldNotBeNull();
        _ann.Connection.IsLoggedIn.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_take_no_other_outcome_for_the_answer_to_who()
    {
        _ann.Send("who bob", "ping");
        await _ann.IsAskedAsync();
        _ann.Tell(new FindOutcome.NotFound());
        (await _ann.OutputAsync()).ShouldBeEmpty();
        _ann.AnswerWho(new FindOutcome.Unavailable("away"));
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).Count >= 2, "both are answered");
        (await _ann.OutputAsync())[0].ShouldStartWith("ERROR registry_unavailable");
    }

    [Fact]
    public async Task Should_release_a_session_whose_claim_is_answered_after_the_connection_closed()
    {
        _ann.Send("login ann", "ping");
        var claim = _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        _ann.Tell(new CloseConnection(ErrorCode.ServerClosing));
        _ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>().Session.ShouldBeSameAs(claim.Session);
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: true));
        (await _ann.OutputAsync()).Count.ShouldBe(1);
        _ann.IsEnded.ShouldBeTrue();
        _ann.Connection.Session.ShouldBeNull();
        _ann.Mailboxes.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Should_go_on_behind_a_login_that_was_refused_and_take_the_next_one()
    {
        _ann.Send("login ann", "ping", """{"cmd":"login","name":"eve"}""");
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.NameTaken));
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>().Session.User.Text.ShouldBe("eve");
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.RegistryUnavailable));
        var output = await _ann.OutputAsync();
        output.Count.ShouldBe(3);
        output[0].ShouldStartWith("ERROR name_taken");
        output[1].ShouldBe("OK ping");
        output[2].ShouldStartWith("{\"error\":\"registry_unavailable\"");
    }

    [Fact]
    public async Task Should_close_when_the_last_receipt_is_written_without_waiting_for_a_clock()
    {
        LogIn();
        _ann.Send(Chat, """{"cmd":"chat","recv":"carol","content":"x","id":"c2"}""", """{"cmd":"logout"}""");
        _ann.Store();
        (await _ann.OutputAsync()).ShouldBe([Stored]);
        _ann.IsEnded.ShouldBeFalse("one is still open");
        _ann.Store();
        (await _ann.OutputAsync()).ShouldBe([Stored, """{"ok":"chat","id":"c2","receipt":"stored"}""", LoggedOut]);
        _ann.Listener.ExpectMsg<ConnectionMessage.ClosingStarted>();
    }

    [Fact]
    public async Task Should_close_without_the_receipts_when_the_grace_is_over()
    {
        LogIn();
        _ann.Send(Chat);
        _ann.Tell(new ConnectionMessage.InputEnded());
        await _ann.OutputAsync();
        _ann.Pass(ConnectionHarness.Grace - TimeSpan.FromMilliseconds(1));
        await _ann.OutputAsync();
        _ann.IsEnded.ShouldBeFalse();
        _ann.Pass(TimeSpan.FromMilliseconds(1));
        (await _ann.OutputAsync()).ShouldBeEmpty();
        _ann.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_say_that_it_logged_out_and_keep_the_grace_when_the_input_ends_behind_logout()
    {
        LogIn();
        _ann.Send(Chat, """{"cmd":"logout"}""");
        await _ann.OutputAsync();
        _ann.Pass(ConnectionHarness.Grace / 2);
        _ann.Tell(new ConnectionMessage.InputEnded());
        await _ann.OutputAsync();
        _ann.Pass(ConnectionHarness.Grace / 2);
        (await _ann.OutputAsync()).ShouldBe([LoggedOut]);
    }

    [Fact]
    public async Task Should_say_who_typed_a_chat_that_it_is_stored_and_wait_for_it_at_quit()
    {
        LogIn();
        _ann.Send("chat bob hi", "quit");
        (await _ann.OutputAsync()).ShouldBeEmpty();
        _ann.IsEnded.ShouldBeFalse("whether it goes well is not known");
        _ann.Store();
        (await _ann.OutputAsync()).ShouldBe(["OK stored for bob", "OK logout"]);
    }

    [Fact]
    public async Task Should_say_nothing_of_a_typed_chat_that_is_delivered()
    {
        LogIn();
        var bob = _ann.LogInHere("bob");
        _ann.Send("chat bob hi", "quit");
        (await _ann.OutputAsync()).ShouldBe(["OK logout"]);
        bob.TryTake(out var bytes).ShouldBe(Outbound.Take.Bytes);
        Encoding.UTF8.GetString(bytes.Span).ShouldBe("ann:hi\n");
    }

    [Theory]
    [InlineData("who")]
    [InlineData("WHO  ")]
    public async Task Should_name_the_own_session_of_who_types_who_without_a_name(string who)
    {
        _ann.Send(who);
        (await _ann.OutputAsync()).ShouldBe(["ERROR not_logged_in you are not logged in; who NAME says where somebody else is"]);
        LogIn();
        _ann.Send(who, """{"cmd":"who","name":""}""");
        (await _ann.OutputAsync())[1].ShouldBe("OK who ann online node here:1");
        (await _ann.OutputAsync())[2].ShouldStartWith("""{"error":"bad_name",""");
    }

    [Theory]
    [InlineData("""{"cmd":"login","name":"a b"}""", "character 2 is white space (U+0020)")]
    [InlineData("""{"cmd":"who","name":"ab\u0007"}""", "character 3 is a control character (U+0007)")]
    [InlineData("""{"cmd":"chat","recv":"\u200bbob","content":"x","id":4}""", "character 1 is an invisible format character (U+200B)")]
    public async Task Should_say_which_character_of_a_name_breaks_the_rule(string command, string fault)
    {
        if (command.Contains("chat", StringComparison.Ordinal))
            LogIn();
        _ann.Send(command);
        var line = (await _ann.OutputAsync()).ShouldHaveSingleItem();
        line.ShouldStartWith("{\"error\":\"bad_name\",\"text\":\"" + UserName.Rule + ": " + fault + "\"");
        line.Contains("\"id\":4", StringComparison.Ordinal).ShouldBe(command.Contains("chat", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ErrorCode.ServerClosing, "ERROR server_closing this server takes no more clients; connect to there:1 or there:1")]
    [InlineData(ErrorCode.CutOff, "ERROR cut_off this server was cut off from the others; connect to there:1 or there:1")]
    public async Task Should_tell_who_types_in_text_where_to_go_when_it_is_sent_away(ErrorCode reason, string line)
    {
        _ann.Directory.Update([new NodeStatus(new NodeId("a", 1, 1), "there:1", 1, 2, false), new NodeStatus(new NodeId("b", 1, 1), "there:1", 1, 2, false)]);
        _ann.Send("who bob");
        await _ann.IsAskedAsync();
        _ann.Tell(new CloseConnection(reason));
        (await _ann.OutputAsync()).ShouldBe([line]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("ping", true)]
    [InlineData("""{"cmd":"ping"}""", false)]
    [InlineData("ping\n" + """{"cmd":"ping"}""" + "\n  ", false)]
    public async Task Should_close_with_a_line_in_the_form_of_the_last_command_a_greeted_Enter_included(string lines, bool isTyped)
    {
        _ann.Send(lines);
        _ann.Tell(new CloseConnection(ErrorCode.LoginTimeout));
        (await _ann.OutputAsync())[^1].ShouldStartWith(isTyped ? "ERROR login_timeout " : """{"error":"login_timeout",""");
    }

    [Fact]
    public async Task Should_not_greet_when_a_blank_line_follows_a_first_line_that_is_too_long()
    {
        _ann.Send(new string('x', 70_000), "", "  ");
        (await _ann.OutputAsync()).ShouldHaveSingleItem().ShouldStartWith("""{"error":"line_too_long",""");
    }

    [Fact]
    public async Task Should_close_who_was_not_greeted_and_said_nothing_with_a_line_of_JSON()
    {
        var silent = new ConnectionHarness(this, greeting: Greeting.Off);
        silent.Send("");
        silent.Tell(new CloseConnection(ErrorCode.LoginTimeout));
        (await silent.OutputAsync()).ShouldHaveSingleItem().ShouldStartWith("""{"error":"login_timeout",""");
    }

    [Fact]
    public async Task Should_show_an_error_of_a_typed_chat_and_not_the_id_that_it_was_given()
    {
        LogIn();
        _ann.Send("chat bob hi");
        _ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.Fail(ErrorCode.RegistryUnavailable);
        (await _ann.OutputAsync()).ShouldHaveSingleItem().ShouldBe($"ERROR registry_unavailable bob: {ErrorCode.RegistryUnavailable.Text()}");

        // It was answered: nobody waits for it.
        _ann.Send("quit");
        (await _ann.OutputAsync())[^1].ShouldBe("OK logout");
    }

    [Fact]
    public async Task Should_take_a_typed_chat_to_the_mailbox_when_the_node_it_was_sent_to_is_gone()
    {
        LogIn();
        _ann.Send("chat bob typed", """{"cmd":"chat","recv":"bob","content":"without an id"}""");
        await _ann.OutputAsync();
        var link = new Link(new NodeId("there", 2, 2), new LinkSettings(16 * 1024, 200, 1024, 3, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        link.Attach(TestActor);
        _ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.Found(link);
        link.NextFrame((_, count, _) => new byte[count])!.Length.ShouldBe(2);
        link.Close((entry, code) => _ann.Routes.Returned(entry, link, code)).ShouldBe(1, "a JSON chat without an id may have arrived");
        _ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        var deposit = _ann.Depositor.ExpectMsg<Deposit>();
        Encoding.UTF8.GetString(deposit.Chats.ShouldHaveSingleItem().View.Content).ShouldBe("typed");
        deposit.Chats[0].View.IsTyped.ShouldBeTrue();
        deposit.Owner.Stored(deposit, []);
        (await _ann.OutputAsync()).ShouldBe(["OK stored for bob"]);
    }

    [Fact]
    public async Task Should_give_every_typed_chat_another_id_and_leave_those_of_JSON_as_they_are()
    {
        LogIn();
        _ann.Send("chat bob hi", "chat bob hi", Chat);
        await _ann.OutputAsync();
        _ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        var ids = _ann.Depositor.ExpectMsg<Deposit>().Chats.Select(c => Encoding.UTF8.GetString(c.View.Id)).ToList();
        ids.ShouldBeUnique();
        ids[0].ShouldStartWith("\"\\u007e");
        ids[2].ShouldBe("\"c1\"");
    }

    [Fact]
    public async Task Should_close_at_once_when_no_receipt_is_open()
    {
        LogIn();
        _ann.Send(Chat);
        _ann.Store();
        _ann.Send("quit");
        (await _ann.OutputAsync()).ShouldBe([Stored, "OK logout"]);
        _ann.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_handle_what_came_before_the_end_of_input_and_close_once_behind_it()
    {
        LogIn();
        _ann.Send("who bob", Chat);
        _ann.Tell(new ConnectionMessage.InputEnded());
        await _ann.IsAskedAsync();
        await _ann.OutputAsync();
        _ann.IsEnded.ShouldBeFalse();
        _ann.AnswerWho(new FindOutcome.NotFound());
        _ann.Store();
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).Count == 2 && _ann.IsEnded, "both are answered");
        (await _ann.OutputAsync()).ShouldBe(["OK who bob offline", Stored]);
    }

    [Fact]
    public async Task Should_cut_off_who_does_not_close_within_the_grace()
    {
        _ann.Send("quit");
        (await _ann.OutputAsync()).ShouldBe(["OK logout"]);
        Watch(_ann.Actor);
        _ann.Pass(ConnectionHarness.Grace);
        ExpectTerminated(_ann.Actor);
        _ann.IsAborted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_close_only_when_what_was_not_read_is_kept_also_behind_logout(bool logsOutFirst)
    {
        LogIn();
        await _ann.OutputAsync();
        _ann.Connection.Session!.TryDeliver(TestChats.Chat("bob", "ann", "not read", 0, "5")).ShouldBeTrue();
        if (logsOutFirst)
            _ann.Send(Chat, """{"cmd":"logout"}""");
        _ann.Tell(new ConnectionMessage.Overflowed());
        if (!logsOutFirst)
            _ann.Send("quit");
        var unread = _ann.Depositor.ExpectMsg<Deposit>();
        if (logsOutFirst)
            _ann.Store();
        await _ann.OutputAsync();
        _ann.Registrar.ExpectNoMsg(TimeSpan.Zero);
        unread.Owner.Stored(unread, []);
        _ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
    }

    [Fact]
    public async Task Should_close_when_its_unread_messages_are_not_stored_within_the_time_limit()
    {
        LogIn();
        await _ann.OutputAsync();
        _ann.Connection.Session!.TryDeliver(TestChats.Chat("bob", "ann", "not read", 0, "5")).ShouldBeTrue();
        _ann.Tell(new ConnectionMessage.Overflowed());
        _ann.Depositor.ExpectMsg<Deposit>();
        await _ann.OutputAsync();
        _ann.Pass(ConnectionHarness.StoreUnreadLimit - TimeSpan.FromMilliseconds(1));
        await _ann.OutputAsync();
        _ann.Registrar.ExpectNoMsg(TimeSpan.Zero);
        _ann.Pass(TimeSpan.FromMilliseconds(1));
        _ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
    }

    [Fact]
    public async Task Should_end_only_after_its_mailbox_reader_when_the_socket_is_closed()
    {
        var pull = _ann.LogInToMailbox();
        var reader = _ann.Mailboxes.LastSender;
        await _ann.AnswerAsync(pull, waiting: 0);
        await _ann.OutputAsync();
        Watch(reader);
        Watch(_ann.Actor);
        _ann.Tell(new ConnectionMessage.SocketClosed());
        _ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
        ExpectTerminated(reader);
        ExpectTerminated(_ann.Actor);
        _ann.Mailboxes.FishForMessage<MailboxMessage.Leave>(_ => true);
    }

    [Fact]
    public async Task Should_cut_off_at_once_when_others_need_its_place_among_those_that_close()
    {
        _ann.Send("quit");
        await _ann.OutputAsync();
        Watch(_ann.Actor);
        _ann.Tell(new ConnectionMessage.CutOff());
        ExpectTerminated(_ann.Actor);
        _ann.IsAborted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_leave_no_socket_behind_when_it_is_cut_off_or_its_grace_is_over_before_its_stage_runs(bool isCutOff)
    {
        var early = new ConnectionHarness(this, isStarted: false);
        early.Tell(new CloseConnection(ErrorCode.ServerClosing));
        if (isCutOff)
            early.Tell(new ConnectionMessage.CutOff());
        await early.OutputAsync();
        early.Pass(ConnectionHarness.Grace);
        await early.OutputAsync();
        Watch(early.Actor);
        early.Start();
        ExpectTerminated(early.Actor);
        early.IsAborted.ShouldBeTrue();
    }

    /// <summary>Logs in where nothing waits.</summary>
    private void LogIn()
    {
        _ann.Send("login ann");
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None));
    }
}
