using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>A connection that closes: what it waits for, and for how long.</summary>
public class ClosingConnectionActorSpecs : ConnectionActorKit
{
    [Fact]
    public async Task Should_close_when_the_last_receipt_is_written_without_waiting_for_a_clock()
    {
        LogIn();
        Ann.Send(Chat, """{"cmd":"chat","recv":"carol","content":"x","id":"c2"}""", """{"cmd":"logout"}""");
        Ann.Store();
        (await Ann.OutputAsync()).ShouldBe([Stored]);
        Ann.IsEnded.ShouldBeFalse("one is still open");
        Ann.Store();
        (await Ann.OutputAsync()).ShouldBe([Stored, """{"ok":"chat","id":"c2","receipt":"stored"}""", LoggedOut]);
        Ann.Listener.ExpectMsg<ConnectionMessage.ClosingStarted>();
    }

    [Fact]
    public async Task Should_close_without_the_receipts_when_the_grace_is_over()
    {
        LogIn();
        Ann.Send(Chat);
        Ann.Tell(new ConnectionMessage.InputEnded());
        await Ann.OutputAsync();
        Ann.Pass(ConnectionHarness.Grace - TimeSpan.FromMilliseconds(1));
        await Ann.OutputAsync();
        Ann.IsEnded.ShouldBeFalse();
        Ann.Pass(TimeSpan.FromMilliseconds(1));
        (await Ann.OutputAsync()).ShouldBeEmpty();
        Ann.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_say_that_it_logged_out_and_keep_the_grace_when_the_input_ends_behind_logout()
    {
        LogIn();
        Ann.Send(Chat, """{"cmd":"logout"}""");
        await Ann.OutputAsync();
        Ann.Pass(ConnectionHarness.Grace / 2);
        Ann.Tell(new ConnectionMessage.InputEnded());
        await Ann.OutputAsync();
        Ann.Pass(ConnectionHarness.Grace / 2);
        (await Ann.OutputAsync()).ShouldBe([LoggedOut]);
    }

    [Fact]
    public async Task Should_close_at_once_when_no_receipt_is_open()
    {
        LogIn();
        Ann.Send(Chat);
        Ann.Store();
        Ann.Send("quit");
        (await Ann.OutputAsync()).ShouldBe([Stored, "OK logout"]);
        Ann.IsEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_handle_what_came_before_the_end_of_input_and_close_once_behind_it()
    {
        LogIn();
        Ann.Send("who bob", Chat);
        Ann.Tell(new ConnectionMessage.InputEnded());
        await Ann.IsAskedAsync();
        await Ann.OutputAsync();
        Ann.IsEnded.ShouldBeFalse();
        Ann.AnswerWho(new FindOutcome.NotFound());
        Ann.Store();
        await Eventually.TrueAsync(async () => (await Ann.OutputAsync()).Count == 2 && Ann.IsEnded, "both are answered");
        (await Ann.OutputAsync()).ShouldBe(["OK who bob offline", Stored]);
    }

    [Fact]
    public async Task Should_cut_off_who_does_not_close_within_the_grace()
    {
        Ann.Send("quit");
        (await Ann.OutputAsync()).ShouldBe(["OK logout"]);
        Watch(Ann.Actor);
        Ann.Pass(ConnectionHarness.Grace);
        ExpectTerminated(Ann.Actor);
        Ann.IsAborted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Should_close_only_when_what_was_not_read_is_kept_also_behind_logout(bool logsOutFirst)
    {
        LogIn();
        await Ann.OutputAsync();
        Ann.Connection.Session!.TryDeliver(TestChats.Chat("bob", "ann", "not read", 0, "5")).ShouldBeTrue();
        if (logsOutFirst)
            Ann.Send(Chat, """{"cmd":"logout"}""");
        Ann.Tell(new ConnectionMessage.Overflowed());
        if (!logsOutFirst)
            Ann.Send("quit");
        var unread = Ann.Depositor.ExpectMsg<Deposit>();
        if (logsOutFirst)
            Ann.Store();
        await Ann.OutputAsync();
        Ann.Registrar.ExpectNoMsg(TimeSpan.Zero);
        unread.Owner.Stored(unread, []);
        Ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
    }

    [Fact]
    public async Task Should_close_when_its_unread_messages_are_not_stored_within_the_time_limit()
    {
        LogIn();
        await Ann.OutputAsync();
        Ann.Connection.Session!.TryDeliver(TestChats.Chat("bob", "ann", "not read", 0, "5")).ShouldBeTrue();
        Ann.Tell(new ConnectionMessage.Overflowed());
        Ann.Depositor.ExpectMsg<Deposit>();
        await Ann.OutputAsync();
        Ann.Pass(ConnectionHarness.StoreUnreadLimit - TimeSpan.FromMilliseconds(1));
        await Ann.OutputAsync();
        Ann.Registrar.ExpectNoMsg(TimeSpan.Zero);
        Ann.Pass(TimeSpan.FromMilliseconds(1));
        Ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
    }

    [Fact]
    public async Task Should_end_only_after_its_mailbox_reader_when_the_socket_is_closed()
    {
        var pull = Ann.LogInToMailbox();
        var reader = Ann.Mailboxes.LastSender;
        await Ann.AnswerAsync(pull, waiting: 0);
        await Ann.OutputAsync();
        Watch(reader);
        Watch(Ann.Actor);
        Ann.Tell(new ConnectionMessage.SocketClosed());
        Ann.Registrar.ExpectMsg<SessionMessage.ReleaseSession>();
        ExpectTerminated(reader);
        ExpectTerminated(Ann.Actor);
        Ann.Mailboxes.FishForMessage<MailboxMessage.Leave>(_ => true);
    }

    [Fact]
    public async Task Should_cut_off_at_once_when_others_need_its_place_among_those_that_close()
    {
        Ann.Send("quit");
        await Ann.OutputAsync();
        Watch(Ann.Actor);
        Ann.Tell(new ConnectionMessage.CutOff());
        ExpectTerminated(Ann.Actor);
        Ann.IsAborted.ShouldBeTrue();
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
}
