using Akka.TestKit.Xunit2;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The login policy is asked before the claim.</summary>
public class LoginPolicySpecs : TestKit
{
    private const string Login = """{"cmd":"login","name":"ann"}""";
    private static readonly UserName s_ann = UserName.TryCreate("ann")!;
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
    public async Task Should_handle_no_further_line_until_the_policy_answers()
    {
        var verdict = _ann.NextVerdict();
        _ann.Send(Login, "ping");
        (await _ann.OutputAsync()).ShouldBeEmpty();
        _ann.Registrar.HasMessages.ShouldBeFalse();
        verdict.SetResult(LoginVerdict.Refuse(ErrorCode.Busy));
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).Count == 2, "the login is answered, and then the next line");
        (await _ann.OutputAsync()).ShouldBe(["""{"error":"busy","text":"too many logins are under way; try again"}""", "OK ping"]);
    }

    [Fact]
    public async Task Should_ignore_a_verdict_that_comes_when_the_connection_is_closed()
    {
        var verdict = _ann.NextVerdict();
        _ann.Send(Login);
        _ann.Tell(new CloseConnection(ErrorCode.LoginTimeout));
        (await _ann.OutputAsync()).ShouldHaveSingleItem().ShouldContain("login_timeout");
        verdict.SetResult(LoginVerdict.Accept(s_ann, s_ann));
        await _ann.OutputAsync();
        _ann.Registrar.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _ann.Connection.Session.ShouldBeNull();
    }

    [Fact]
    public async Task Should_answer_internal_and_go_on_when_the_policy_fails()
    {
        var verdict = _ann.NextVerdict();
        _ann.Send(Login, "ping");
        verdict.SetException(new InvalidOperationException("for the test"));
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).Count == 2, "both lines are answered");
        (await _ann.OutputAsync())[0].ShouldStartWith("""{"error":"internal",""");
    }

    [Fact]
    public async Task Should_tell_the_policy_what_the_client_gave_and_the_client_how_long_its_token_lasts()
    {
        var verdict = _ann.NextVerdict();
        verdict.SetResult(LoginVerdict.Accept(s_ann, UserName.TryCreate("Ann")!, Grant(60.9)));
        _ann.Send("""{"cmd":"login","token":"a.b.c"}""");
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>().Session.User.ShouldBe(s_ann);
        _ann.Requests.Single().Name.ShouldBeNull();
        _ann.Requests.Single().Proof.ShouldBeOfType<LoginProof.Token>().Text.ShouldBe("a.b.c");
        await ClaimedAsync();
        (await _ann.OutputAsync()).ShouldBe(["""{"ok":"login","name":"Ann","node":"here:1","waiting":null,"expires_in":60}"""]);
    }

    [Fact]
    public async Task Should_go_on_by_a_new_token_of_the_same_user()
    {
        await LogInAsync(Grant(60));
        _ann.NextVerdict().SetResult(LoginVerdict.Accept(s_ann, s_ann, Grant(600)));
        _ann.Send("""{"cmd":"renew","token":"d.e.f"}""");
        (await _ann.OutputAsync())[^1].ShouldBe("""{"ok":"renew","expires_in":600}""");
        _ann.Connection.Session!.Grant.ShouldBe(Grant(600));
    }

    [Fact]
    public async Task Should_change_nothing_when_the_new_token_is_refused_or_for_another_user()
    {
        var bob = UserName.TryCreate("bob")!;
        await LogInAsync(Grant(60));
        _ann.NextVerdict().SetResult(LoginVerdict.Accept(bob, bob, Grant(600) with { User = "bob" }));
        _ann.Send("""{"cmd":"renew","token":"d.e.f"}""");
        (await _ann.OutputAsync())[^1].ShouldBe("""{"error":"bad_token","text":"the token is for another user"}""");
        _ann.NextVerdict().SetResult(LoginVerdict.Refuse(ErrorCode.TokenRevoked));
        _ann.Send("""{"cmd":"renew","token":"d.e.f"}""");
        (await _ann.OutputAsync())[^1].ShouldBe("""{"error":"token_revoked","text":"the token was revoked"}""");
        _ann.Connection.Session!.Grant.ShouldBe(Grant(60));
        _ann.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_renew_nothing_without_a_session_or_without_a_token()
    {
        _ann.Send("""{"cmd":"renew","token":"d.e.f"}""");
        (await _ann.OutputAsync())[^1].ShouldStartWith("""{"error":"not_logged_in",""");
        await LogInAsync(grant: null);
        _ann.Send("""{"cmd":"renew","token":"d.e.f"}""");
        (await _ann.OutputAsync())[^1].ShouldStartWith("""{"error":"unsupported",""");
        _ann.Requests.Count.ShouldBe(1, "the policy was asked only for the login");
    }

    private async Task LogInAsync(SessionGrant? grant)
    {
        _ann.NextVerdict().SetResult(LoginVerdict.Accept(s_ann, s_ann, grant));
        _ann.Send(Login);
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        await ClaimedAsync();
        (await _ann.OutputAsync())[^1].ShouldStartWith("""{"ok":"login",""");
    }

    private async Task ClaimedAsync()
    {
        _ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: true));
        await _ann.OutputAsync();
        _ann.Pass(ConnectionHarness.Patience);
    }

    private SessionGrant Grant(double seconds) => new("ann", "t-1", _ann.Time.GetUtcNow(), _ann.Time.GetUtcNow().AddSeconds(seconds));
}
