using System.Text;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>A person who types <c>login NAME</c> is asked for the password, which is shown nowhere.</summary>
public class TypedPasswordSpecs : TestKit
{
    private const string Secret = "chat bob secret";
    private static readonly UserName s_ann = UserName.TryCreate("ann")!;
    private readonly ConnectionHarness _ann;

    public TypedPasswordSpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        _ann = new ConnectionHarness(this, asksForPasswords: true);

    [Fact]
    public async Task Should_take_the_next_line_as_the_password_whatever_it_looks_like()
    {
        _ann.Send("login ann");
        (await _ann.OutputAsync()).Single().ShouldEndWith("password: ");
        _ann.Requests.ShouldBeEmpty("nothing is known yet");
        var verdict = _ann.NextVerdict();
        _ann.Send(Secret, "ping");
        await _ann.OutputAsync();
        _ann.Requests.Single().Name.ShouldBe(s_ann);
        Encoding.UTF8.GetString(_ann.Requests.Single().Proof.ShouldBeOfType<LoginProof.Password>().Bytes).ShouldBe(Secret);
        verdict.SetResult(LoginVerdict.Accept(s_ann, s_ann));
        _ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>(Eventually.Limit);
        string.Join('\n', await _ann.OutputAsync()).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Should_handle_lines_as_commands_again_after_a_wrong_password()
    {
        _ann.NextVerdict().SetResult(LoginVerdict.Refuse(ErrorCode.LoginFailed));
        _ann.Send("login ann", Secret, "ping");
        var lines = await _ann.OutputAsync();
        lines[^2..].ShouldBe(["ERROR login_failed the name or the password is wrong", "OK ping"]);
        string.Join('\n', lines).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Should_switch_the_echo_off_for_the_password_alone()
    {
        _ann.NextVerdict().SetResult(LoginVerdict.Refuse(ErrorCode.LoginFailed));
        _ann.Send("login ann", Secret);
        await _ann.OutputAsync();
        var bytes = _ann.Written;
        var (off, on) = (IndexOf(bytes, [255, 251, 1]), IndexOf(bytes, [255, 252, 1]));
        off.ShouldBeGreaterThanOrEqualTo(0);
        on.ShouldBeGreaterThan(off);
    }

    [Fact]
    public async Task Should_ask_no_program_that_speaks_JSON()
    {
        _ann.NextVerdict().SetResult(LoginVerdict.Refuse(ErrorCode.AuthRequired));
        _ann.Send("""{"cmd":"login","name":"ann"}""");
        (await _ann.OutputAsync()).Single().ShouldStartWith("""{"error":"auth_required",""");
    }

    [Fact]
    public async Task Should_ask_for_the_password_of_a_new_account_and_log_nobody_in()
    {
        var verdict = _ann.NextVerdict();
        _ann.Send("register ann", Secret);
        await _ann.OutputAsync();
        _ann.Requests.Single().Proof.ShouldBeOfType<LoginProof.Password>().Registers.ShouldBeTrue();
        verdict.SetResult(LoginVerdict.Accept(s_ann, s_ann));
        await Eventually.TrueAsync(async () => (await _ann.OutputAsync()).LastOrDefault() == "OK register ann", "the account is registered");
        _ann.Registrar.ExpectNoMsg(TimeSpan.Zero);
        string.Join('\n', await _ann.OutputAsync()).ShouldNotContain("secret");
    }

    private static int IndexOf(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part);
}
