using System.Net;
using ChatAkka.Authentication.Names;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What every <see cref="ILoginPolicy"/> promises. A new policy derives from this.</summary>
public abstract class LoginPolicyContract
{
    /// <summary>Makes the policy.</summary>
    private protected abstract ILoginPolicy Make(UserNames names);

    /// <summary>A request that the policy accepts for this name, if clients may have the name.</summary>
    private protected abstract LoginRequest Good(string name);

    /// <summary>Requests that the policy refuses.</summary>
    private protected abstract IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad();

    [Fact]
    public async Task Should_accept_who_proves_the_name()
    {
        var verdict = await AskAsync(Good("ann"));
        verdict.IsAccepted.ShouldBeTrue(verdict.Error.ToString());
        verdict.User!.Text.ShouldBe("ann");
        verdict.Display!.Text.ShouldBe("ann");
        verdict.Text.ShouldBeNull();
    }

    [Fact]
    public async Task Should_refuse_who_does_not()
    {
        foreach (var (request, error) in Bad())
        {
            var verdict = await AskAsync(request);
            verdict.Error.ShouldBe(error);
            verdict.IsAccepted.ShouldBeFalse();
            verdict.User.ShouldBeNull();
            verdict.Display.ShouldBeNull();
            verdict.Grant.ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("pbm")]
    [InlineData("PBM")]
    public async Task Should_let_nobody_have_a_reserved_name(string name) => (await AskAsync(Good(name))).Error.ShouldBe(ErrorCode.NameNotAllowed);

    [Fact]
    public async Task Should_take_names_that_differ_in_their_case_for_one_user_and_keep_the_case_for_people_when_names_are_safe()
    {
        foreach (var name in new[] { "alice", "Alice" })
        {
            var verdict = await AskAsync(Good(name), isSafe: true);
            verdict.User!.Text.ShouldBe("alice");
            verdict.Display!.Text.ShouldBe(name);
            (await AskAsync(Good(name))).User!.Text.ShouldBe(name);
        }

        (await AskAsync(Good("аlice"), isSafe: true)).Error.ShouldBe(ErrorCode.NameNotAllowed);
    }

    [Fact]
    public async Task Should_decide_about_many_at_the_same_time_each_as_if_it_were_alone()
    {
        var policy = Make(Names(isSafe: false));
        var bad = Bad().First();
        var asked = Enumerable.Range(0, 200).Select(i => (i, Verdict: policy.CheckAsync(i % 2 == 0 ? Good("ann" + i) : bad.Request).AsTask())).ToList();
        foreach (var (i, verdict) in asked)
        {
            var decided = await verdict.WaitAsync(Eventually.Limit);
            if (i % 2 == 0)
                decided.User!.Text.ShouldBe("ann" + i);
            else
                decided.Error.ShouldBe(bad.Error);
        }
    }

    private protected static LoginRequest Request(string? name, LoginProof? proof = null) =>
        new(name is null ? null : UserName.TryCreate(name), proof, IPAddress.Loopback);

    private static UserNames Names(bool isSafe) => new(new NamePolicy(isSafe, ["pbm"]));

    private async Task<LoginVerdict> AskAsync(LoginRequest request, bool isSafe = false) =>
        await Make(Names(isSafe)).CheckAsync(request).AsTask().WaitAsync(Eventually.Limit);
}
