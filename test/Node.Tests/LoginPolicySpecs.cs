using Akka.TestKit.Xunit2;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

/// <summary>The login policy is asked before the claim.</summary>
public class LoginPolicySpecs : TestKit
{
    private const string Login = """{"cmd":"login","name":"ann"}""";
    private readonly ConnectionHarness _ann;

    public LoginPolicySpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        _ann = new ConnectionHarness(this);

    [Fact]
    public async Task Should_claim_no_session_and_handle_the_next_line_when_the_policy_refuses_the_login()
    {
        _ann.LoginIsRefusedWith = ErrorCode.Forbidden;
        _ann.Send(Login, "ping");
        (await _ann.OutputAsync()).ShouldBe(["""{"error":"forbidden","text":"not allowed"}""", "OK ping"]);
        _ann.Registrar.HasMessages.ShouldBeFalse("nothing was claimed");
        _ann.Connection.IsLoggedIn.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_claim_the_session_when_the_policy_accepts_the_same_login_later()
    {
        _ann.LoginIsRefusedWith = ErrorCode.Forbidden;
        _ann.Send(Login);
        await _ann.OutputAsync();
        _ann.LoginIsRefusedWith = ErrorCode.None;
        _ann.Send(Login);
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>().Session.User.Text.ShouldBe("ann");
    }

    [Fact]
    public void Should_let_any_name_log_in_when_there_is_no_authentication() =>
        new AnyNameMayLogIn().Check(UserName.TryCreate("ann")!).ShouldBe(ErrorCode.None);
}
