using System.Text;
using ChatAkka.Authentication.Names;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The contract on the mode <c>password</c>, and what is special in it.</summary>
public sealed class PasswordLoginsSpecs : LoginPolicyContract, IAsyncLifetime
{
    private static readonly DelayPolicy s_noDelay = new(free: int.MaxValue - 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), 100);
    private readonly ManualTime _time = new();
    private readonly MemoryAccounts _accounts = new();
    private readonly PasswordHasher _hasher = new(new HashCost(1024, 1));
    private readonly CredentialWorkers _workers = new(1, 1000);
    private readonly RevokedTokens _revoked;
    private FailureDelays _delays;

    public PasswordLoginsSpecs()
    {
        _revoked = new RevokedTokens(Names(), _time);
        _revoked.Add([]);
        _delays = new FailureDelays(s_noDelay, _time);
    }

    [Fact]
    public async Task Should_give_the_same_answer_for_a_wrong_password_no_account_and_a_disabled_one_and_count_all_three()
    {
        await OrderAsync(AccountOrder.Register, "ann", "right horse");
        await OrderAsync(AccountOrder.Register, "bob", "right horse");
        await OrderAsync(AccountOrder.Disable, "bob");
        var policy = Make(Names());
        var wrong = await policy.CheckAsync(Password("ann", "wrong horse"));
        wrong.Error.ShouldBe(ErrorCode.LoginFailed);
        (await policy.CheckAsync(Password("nobody", "wrong horse"))).ShouldBe(wrong);
        (await policy.CheckAsync(Password("bob", "right horse"))).ShouldBe(wrong);
        _delays.Failures.ShouldBe(3);
        (await policy.CheckAsync(Password("ann", "right horse"))).IsAccepted.ShouldBeTrue();
        await OrderAsync(AccountOrder.Enable, "bob");
        (await policy.CheckAsync(Password("bob", "right horse"))).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_erase_the_password_whatever_the_answer_is()
    {
        await OrderAsync(AccountOrder.Register, "ann", "right horse");
        foreach (var text in new[] { "right horse", "wrong horse" })
        {
            var proof = new LoginProof.Password(Encoding.UTF8.GetBytes(text));
            await Make(Names()).CheckAsync(Request("ann", proof));
            proof.Bytes.ShouldAllBe(b => b == 0);
        }
    }

    [Fact]
    public async Task Should_hash_again_when_the_cost_has_changed()
    {
        await _accounts.AskAsync(new AccountQuestion("ann", AccountOrder.Register, new PasswordHasher(new HashCost(2048, 1)).Hash("right horse"u8)));
        (await Make(Names()).CheckAsync(Password("ann", "right horse"))).IsAccepted.ShouldBeTrue();
        _accounts.HashOf("ann").ShouldStartWith("$argon2id$v=19$m=1024,t=1,p=1$");
        (await Make(Names()).CheckAsync(Password("ann", "right horse"))).IsAccepted.ShouldBeTrue();
        _accounts.Orders.Count(o => o == AccountOrder.UpgradeHash).ShouldBe(1);
    }

    [Fact]
    public async Task Should_make_logins_wait_after_failures_and_refuse_those_that_would_wait_too_long()
    {
        _delays = new FailureDelays(new DelayPolicy(0, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), 10), TimeProvider.System);
        await OrderAsync(AccountOrder.Register, "ann", "right horse");
        var policy = Make(Names());
        (await policy.CheckAsync(Password("ann", "wrong horse"))).Error.ShouldBe(ErrorCode.LoginFailed);
        var waits = policy.CheckAsync(Password("ann", "right horse"));
        (await policy.CheckAsync(Password("ann", "right horse"))).Error.ShouldBe(ErrorCode.TooManyFailures);
        waits.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_depend_on_the_account_so_that_it_ends_when_an_operator_closes_it()
    {
        await OrderAsync(AccountOrder.Register, "ann", "right horse");
        var grant = (await Make(Names()).CheckAsync(Password("ann", "right horse"))).Grant!;
        grant.SecondsLeft(_time).ShouldBeNull();
        var check = new GrantCheck(_revoked, TimeSpan.Zero, _time);
        check.Check(grant).ShouldBe(ErrorCode.None);
        _revoked.Add([new ChatAkka.Sessions.TokenRevocation.User("ann", _time.GetUtcNow(), _time.GetUtcNow().AddDays(1))]);
        check.Check(grant).ShouldBe(ErrorCode.AccountClosed);
    }

    [Fact]
    public async Task Should_say_that_it_cannot_decide_when_the_account_does_not_answer()
    {
        _accounts.IsAway = true;
        (await Make(Names()).CheckAsync(Password("ann", "right horse"))).Error.ShouldBe(ErrorCode.RegistryUnavailable);
        _delays.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task Should_register_only_where_that_is_set_and_as_many_an_hour_as_is_set()
    {
        (await Make(Names()).CheckAsync(Register("ann"))).Error.ShouldBe(ErrorCode.Unsupported);
        var policy = Make(Names(), registerPerHour: 2);
        (await policy.CheckAsync(Register("ann", "short"))).Error.ShouldBe(ErrorCode.BadField);
        (await policy.CheckAsync(Register("ann"))).IsAccepted.ShouldBeTrue();
        (await policy.CheckAsync(Register("ann"))).Error.ShouldBe(ErrorCode.AccountExists);
        (await policy.CheckAsync(Register("bob"))).Error.ShouldBe(ErrorCode.TooManyFailures);
        _time.Advance(TimeSpan.FromHours(1));
        (await policy.CheckAsync(Register("bob"))).IsAccepted.ShouldBeTrue();
        (await policy.CheckAsync(Password("bob", "right horse"))).IsAccepted.ShouldBeTrue();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _workers.DisposeAsync();

    private protected override ILoginPolicy Make(UserNames names) => Make(names, registerPerHour: 0);

    private protected override LoginRequest Good(string name)
    {
        foreach (var user in new[] { name, name.ToLowerInvariant() })
            _accounts.AskAsync(new AccountQuestion(user, AccountOrder.Register, _hasher.Hash("right horse"u8))).Wait();
        return Password(name, "right horse");
    }

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() =>
    [
        (Password("nobody", "right horse"), ErrorCode.LoginFailed),
        (Password("nobody", ""), ErrorCode.LoginFailed),
        (Request("ann"), ErrorCode.AuthRequired),
        (Request(null, new LoginProof.Password("right horse"u8.ToArray())), ErrorCode.AuthRequired),
    ];

    private PasswordLogins Make(UserNames names, int registerPerHour) => new(_accounts, _hasher, names, _revoked, _delays, registerPerHour, _workers, _time);

    private static UserNames Names() => new(new NamePolicy(isSafe: false, []));

    private static LoginRequest Password(string name, string password) => Request(name, new LoginProof.Password(Encoding.UTF8.GetBytes(password)));

    private static LoginRequest Register(string name, string password = "right horse") =>
        Request(name, new LoginProof.Password(Encoding.UTF8.GetBytes(password), registers: true));

    private Task OrderAsync(AccountOrder order, string user, string? password = null) =>
        _accounts.AskAsync(new AccountQuestion(user, order, password is null ? "" : _hasher.Hash(Encoding.UTF8.GetBytes(password))));
}
