using System.Text;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Tests;

/// <summary>A connection whose client types: what it is told, and what becomes of its chats.</summary>
public class TypingConnectionActorSpecs : ConnectionActorKit
{
    [Fact]
    public async Task Should_say_who_typed_a_chat_that_it_is_stored_and_wait_for_it_at_quit()
    {
        LogIn();
        Ann.Send("chat bob hi", "quit");
        (await Ann.OutputAsync()).ShouldBeEmpty();
        Ann.IsEnded.ShouldBeFalse("whether it goes well is not known");
        Ann.Store();
        (await Ann.OutputAsync()).ShouldBe(["OK stored for bob", "OK logout"]);
    }

    [Fact]
    public async Task Should_say_nothing_of_a_typed_chat_that_is_delivered()
    {
        LogIn();
        var bob = Ann.LogInHere("bob");
        Ann.Send("chat bob hi", "quit");
        (await Ann.OutputAsync()).ShouldBe(["OK logout"]);
        bob.TryTake(out var bytes).ShouldBe(Outbound.Take.Bytes);
        Encoding.UTF8.GetString(bytes.Span).ShouldBe("ann:hi\n");
    }

    [Theory]
    [InlineData("who")]
    [InlineData("WHO  ")]
    public async Task Should_name_the_own_session_of_who_types_who_without_a_name(string who)
    {
        Ann.Send(who);
        (await Ann.OutputAsync()).ShouldBe(["ERROR not_logged_in you are not logged in; who NAME says where somebody else is"]);
        LogIn();
        Ann.Send(who, """{"cmd":"who","name":""}""");
        (await Ann.OutputAsync())[1].ShouldBe("OK who ann online node here:1");
        (await Ann.OutputAsync())[2].ShouldStartWith("""{"error":"bad_name",""");
    }

    [Theory]
    [InlineData("""{"cmd":"login","name":"a b"}""", "character 2 is white space (U+0020)")]
    [InlineData("""{"cmd":"who","name":"ab\u0007"}""", "character 3 is a control character (U+0007)")]
    [InlineData("""{"cmd":"chat","recv":"\u200bbob","content":"x","id":4}""", "character 1 is an invisible format character (U+200B)")]
    public async Task Should_say_which_character_of_a_name_breaks_the_rule(string command, string fault)
    {
        if (command.Contains("chat", StringComparison.Ordinal))
            LogIn();
        Ann.Send(command);
        var line = (await Ann.OutputAsync()).ShouldHaveSingleItem();
        line.ShouldStartWith("{\"error\":\"bad_name\",\"text\":\"" + UserName.Rule + ": " + fault + "\"");
        line.Contains("\"id\":4", StringComparison.Ordinal).ShouldBe(command.Contains("chat", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ErrorCode.ServerClosing, "ERROR server_closing this server takes no more clients; connect to there:1 or there:1")]
    [InlineData(ErrorCode.CutOff, "ERROR cut_off this server was cut off from the others; connect to there:1 or there:1")]
    public async Task Should_tell_who_types_in_text_where_to_go_when_it_is_sent_away(ErrorCode reason, string line)
    {
        Ann.Directory.Update([new NodeStatus(new NodeId("a", 1, 1), "there:1", 1, 2, false), new NodeStatus(new NodeId("b", 1, 1), "there:1", 1, 2, false)]);
        Ann.Send("who bob");
        await Ann.IsAskedAsync();
        Ann.Tell(new CloseConnection(reason));
        (await Ann.OutputAsync()).ShouldBe([line]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("ping", true)]
    [InlineData("""{"cmd":"ping"}""", false)]
    [InlineData("ping\n" + """{"cmd":"ping"}""" + "\n  ", false)]
    public async Task Should_close_with_a_line_in_the_form_of_the_last_command_a_greeted_Enter_included(string lines, bool isTyped)
    {
        Ann.Send(lines);
        Ann.Tell(new CloseConnection(ErrorCode.LoginTimeout));
        (await Ann.OutputAsync())[^1].ShouldStartWith(isTyped ? "ERROR login_timeout " : """{"error":"login_timeout",""");
    }

    [Fact]
    public async Task Should_not_greet_when_a_blank_line_follows_a_first_line_that_is_too_long()
    {
        Ann.Send(new string('x', 70_000), "", "  ");
        (await Ann.OutputAsync()).ShouldHaveSingleItem().ShouldStartWith("""{"error":"line_too_long",""");
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
        Ann.Send("chat bob hi");
        Ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.Fail(ErrorCode.RegistryUnavailable);
        (await Ann.OutputAsync()).ShouldHaveSingleItem().ShouldBe($"ERROR registry_unavailable bob: {ErrorCode.RegistryUnavailable.Text()}");

        // It was answered: nobody waits for it.
        Ann.Send("quit");
        (await Ann.OutputAsync())[^1].ShouldBe("OK logout");
    }

    [Fact]
    public async Task Should_take_a_typed_chat_to_the_mailbox_when_the_node_it_was_sent_to_is_gone()
    {
        LogIn();
        Ann.Send("chat bob typed", """{"cmd":"chat","recv":"bob","content":"without an id"}""");
        await Ann.OutputAsync();
        var link = new Link(new NodeId("there", 2, 2), new LinkSettings(16 * 1024, 200, 1024, 3, TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        link.Attach(TestActor);
        Ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.Found(link);
        link.NextFrame((_, count, _) => new byte[count])!.Length.ShouldBe(2);
        link.Close((entry, code) => Ann.Routes.Returned(entry, link, code)).ShouldBe(1, "a JSON chat without an id may have arrived");
        Ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        var deposit = Ann.Depositor.ExpectMsg<Deposit>();
        Encoding.UTF8.GetString(deposit.Chats.ShouldHaveSingleItem().View.Content).ShouldBe("typed");
        deposit.Chats[0].View.IsTyped.ShouldBeTrue();
        deposit.Owner.Stored(deposit, []);
        (await Ann.OutputAsync()).ShouldBe(["OK stored for bob"]);
    }

    [Fact]
    public async Task Should_give_every_typed_chat_another_id_and_leave_those_of_JSON_as_they_are()
    {
        LogIn();
        Ann.Send("chat bob hi", "chat bob hi", Chat);
        await Ann.OutputAsync();
        Ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        var ids = Ann.Depositor.ExpectMsg<Deposit>().Chats.Select(c => Encoding.UTF8.GetString(c.View.Id)).ToList();
        ids.ShouldBeUnique();
        ids[0].ShouldStartWith("\"\\u007e");
        ids[2].ShouldBe("\"c1\"");
    }
}
