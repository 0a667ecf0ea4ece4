using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using static ChatAkka.Node.Sessions.SessionMessage;

namespace ChatAkka.Node.Tests;

/// <summary>Logins on a node that has mailboxes.</summary>
public class RegistrarMailboxSpecs() : RegistrarKit(hasMailboxes: true)
{
    [Fact]
    public void Should_let_no_chat_reach_a_session_and_not_answer_its_login_when_the_mailbox_is_read_first()
    {
        var older = Claim(Session(Bob, 5));
        ExpectMsg<ClaimResult>().ReadsMailbox.ShouldBeTrue();
        Routes.SetLocal(older);
        var session = Claim(Session(Bob, 6, acks: true));
        ExpectMsg<CloseConnection>().Reason.ShouldBe(ErrorCode.Replaced);
        ExpectMsg<ClaimResult>().ReadsMailbox.ShouldBeTrue();
        Routes.FindLocal(Bob).ShouldBeNull("neither the older session nor the one that has to read its mailbox");
        session.Connection.Outbound.Waiting.ShouldBe(0);
        older.ShouldNotBeSameAs(session);
    }
}
