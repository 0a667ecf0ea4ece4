using System.Diagnostics;
using System.Text;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.PasswordKit;

namespace ChatAkka.Node.Tests;

/// <summary>The contract on the mode <c>password</c>, and what is special in it.</summary>
public sealed class PasswordLoginsSpecs : LoginPolicyContract, IAsyncLifetime
{
    private readonly PasswordKit _kit = new();

    [Fact]
    public async Task Should_give_the_same_answer_for_a_wrong_password_no_account_and_a_disabled_one_and_count_all_three()
    {
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        await _kit.OrderAsync(AccountOrder.Register, "bob", Right);
        await _kit.OrderAsync(AccountOrder.Disable, "bob");
        var wrong = await _kit.LogInAsync("ann", "wrong horse");
        wrong.ShouldBe(LoginVerdict.Refuse(ErrorCode.LoginFailed));
        (await _kit.LogInAsync("nobody")).ShouldBe(wrong);
        (await _kit.LogInAsync("bob")).ShouldBe(wrong);
        _kit.Delays.Failures.ShouldBe(3);
        (await _kit.LogInAsync("ann")).IsAccepted.ShouldBeTrue();
        await _kit.OrderAsync(AccountOrder.Enable, "bob");
        (await _kit.LogInAsync("bob")).IsAccepted.ShouldBeTrue();
    }

    [Fact]
    public async Task Should_take_the_same_time_for_each_failure_whatever_the_hash_of_the_account_costs()
    {
        _kit.Floor = TimeSpan.FromMilliseconds(300);
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        await _kit.Accounts.AskAsync(new AccountQuestion("old", AccountOrder.Register, new PasswordHasher(new HashCost(16 * 1024, 2)).Hash("right horse"u8)));
        foreach (var name in new[] { "ann", "old", "nobody" })
        {
            var watch = Stopwatch.StartNew();
            (await _kit.LogInAsync(name, "wrong horse")).Error.ShouldBe(ErrorCode.LoginFailed);
            watch.Elapsed.ShouldBeGreaterThan(_kit.Floor - TimeSpan.FromMilliseconds(20));
        }
    }

    [Fact]
    public async Task Should_erase_the_password_whatever_the_answer_is()
    {
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        foreach (var (name, text) in new[] { ("ann", Right), ("ann", "wrong horse"), ("pbm", Right) })
        {
            var proof = new LoginProof.Password(Encoding.UTF8.GetBytes(text));
            await _kit.Policy().CheckAsync(Request(name, proof));
            proof.Bytes.ShouldAllBe(b => b == 0);
        }

        _kit.Accounts.IsAway = true;
        var lost = new LoginProof.Password("right horse"u8.ToArray());
        await _kit.Policy().CheckAsync(Request("ann", lost));
        lost.Bytes.ShouldAllBe(b => b == 0);
    }

    [Fact]
    public async Task Should_hash_again_when_the_cost_has_changed_without_ending_sessions()
    {
        await _kit.Accounts.AskAsync(new AccountQuestion("ann", AccountOrder.Register, new PasswordHasher(new HashCost(2048, 1)).Hash("right horse"u8)));
        var first = (await _kit.LogInAsync("ann")).Grant!;
        _kit.Accounts.HashOf("ann")!.ShouldStartWith("$argon2id$v=19$m=1024,t=1,p=1$");
        (await _kit.LogInAsync("ann")).Grant.ShouldBe(first);
        _kit.Accounts.Orders.Count(o => o == AccountOrder.UpgradeHash).ShouldBe(1);
    }

    [Fact]
    public async Task Should_make_logins_wait_after_failures_and_refuse_those_that_would_wait_too_long()
    {
        var minute = TimeSpan.FromMinutes(1);
        var slow = new DelayPolicy(0, minute, minute, TimeSpan.FromHours(1));
        _kit.Delays = new FailureDelays(slow, slow, 10, TimeProvider.System);
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        var policy = _kit.Policy();
        (await policy.CheckAsync(Password("ann", "wrong horse"))).Error.ShouldBe(ErrorCode.LoginFailed);
        var waits = policy.CheckAsync(Password("ann", Right));
        (await policy.CheckAsync(Password("ann", Right)).AsTask().WaitAsync(Eventually.Limit)).Error.ShouldBe(ErrorCode.TooManyFailures);
        waits.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_check_few_of_many_guesses_that_come_at_once_for_one_account()
    {
        var hour = TimeSpan.FromHours(1);
        _kit.Delays = new FailureDelays(new DelayPolicy(3, hour, hour, 2 * hour), DelayPolicy.OfAddresses, 100, TimeProvider.System);
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        var policy = _kit.Policy();
        var guesses = Enumerable.Range(0, 100).Select(i => policy.CheckAsync(Password("ann", $"wrong horse {i}")).AsTask()).ToList();
        await Eventually.TrueAsync(() => guesses.Count(g => g.IsCompleted) >= 99, "all are answered but the one that waits");
        guesses.Count(g => g.IsCompleted && g.Result.Error == ErrorCode.LoginFailed).ShouldBe(4);
        guesses.Count(g => g.IsCompleted && g.Result.Error == ErrorCode.TooManyFailures).ShouldBe(95);
    }

    [Fact]
    public async Task Should_check_few_of_many_guesses_that_come_at_once_from_one_address()
    {
        _kit.Delays = new FailureDelays(DelayPolicy.OfAccounts, new DelayPolicy(5, TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(2)), 100, TimeProvider.System);
        var policy = _kit.Policy();
        _kit.Accounts.Pause();
        var burst = Enumerable.Range(0, 100).Select(i => policy.CheckAsync(Password($"u{i}", Right)).AsTask()).ToList();
        _kit.Accounts.Resume();
        var guesses = await Task.WhenAll(burst).WaitAsync(Eventually.Limit);
        guesses.Count(g => g.Error == ErrorCode.LoginFailed).ShouldBe(6, "there is one worker");
        guesses.Count(g => g.Error == ErrorCode.TooManyFailures).ShouldBe(94);
    }

    [Fact]
    public async Task Should_say_busy_when_too_many_logins_are_under_way()
    {
        await using var kit = new PasswordKit(most: 3);
        kit.Accounts.Pause();
        var policy = kit.Policy();
        var under = Enumerable.Range(0, 3).Select(i => policy.CheckAsync(Password($"u{i}", Right)).AsTask()).ToList();
        (await policy.CheckAsync(Password("ann", Right)).AsTask().WaitAsync(Eventually.Limit)).Error.ShouldBe(ErrorCode.Busy);
        kit.Accounts.Resume();
        foreach (var verdict in await Task.WhenAll(under).WaitAsync(Eventually.Limit))
            verdict.Error.ShouldBe(ErrorCode.LoginFailed);
        (await policy.CheckAsync(Password("ann", Right))).Error.ShouldBe(ErrorCode.LoginFailed);
    }

    [Fact]
    public async Task Should_depend_on_the_account_so_that_it_ends_when_an_operator_changes_it()
    {
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        var grant = (await _kit.LogInAsync("ann")).Grant!;
        grant.SecondsLeft(_kit.Time).ShouldBeNull();
        var check = new GrantCheck(_kit.Revoked, TimeSpan.Zero, _kit.Time);
        check.Check(grant).ShouldBe(ErrorCode.None);
        await _kit.OrderAsync(AccountOrder.ChangePassword, "ann", "other horse");
        var next = (await _kit.LogInAsync("ann", "other horse")).Grant!;
        next.AccountEpoch.ShouldBeGreaterThan(grant.AccountEpoch);
        _kit.Revoked.Add([new ChatAkka.Sessions.TokenRevocation.Account("ann", next.AccountEpoch, IsClosed: false, _kit.Time.GetUtcNow().AddDays(1))]);
        check.Check(grant).ShouldBe(ErrorCode.PasswordChanged);
        check.Check(next).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task Should_let_nobody_in_when_the_account_does_not_answer_or_it_is_not_known_what_is_revoked()
    {
        await _kit.OrderAsync(AccountOrder.Register, "ann", Right);
        _kit.Accounts.IsAway = true;
        (await _kit.LogInAsync("ann")).ShouldBe(LoginVerdict.Refuse(ErrorCode.RegistryUnavailable, PasswordLogins.Away));
        _kit.Delays.Failures.ShouldBe(0);
        _kit.Accounts.IsAway = false;
        _kit.Revoked = new RevokedTokens(Names(), _kit.Time);
        (await _kit.LogInAsync("ann")).Error.ShouldBe(ErrorCode.RegistryUnavailable);
    }

    [Fact]
    public async Task Should_register_only_where_that_is_set_and_as_many_an_hour_as_is_set()
    {
        (await Register(null).CheckAsync(Password("ann", Right, registers: true))).Error.ShouldBe(ErrorCode.Unsupported);
        var policy = Register(new RegistrationQuota(2, _kit.Time));
        (await policy.CheckAsync(Password("ann", "short", registers: true))).Error.ShouldBe(ErrorCode.BadField);
        (await policy.CheckAsync(Password("pbm", Right, registers: true))).Error.ShouldBe(ErrorCode.NameNotAllowed);
        (await policy.CheckAsync(Password("ann", Right, registers: true))).IsAccepted.ShouldBeTrue();
        (await policy.CheckAsync(Password("ann", Right, registers: true))).Error.ShouldBe(ErrorCode.AccountExists);
        (await policy.CheckAsync(Password("bob", Right, registers: true))).Error.ShouldBe(ErrorCode.TooManyFailures);
        _kit.Time.Advance(TimeSpan.FromHours(1));
        (await policy.CheckAsync(Password("bob", Right, registers: true))).IsAccepted.ShouldBeTrue();
        (await _kit.LogInAsync("bob")).IsAccepted.ShouldBeTrue();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _kit.DisposeAsync();

    private protected override ILoginPolicy Make(UserNames names) => _kit.Policy(names);

    private protected override LoginRequest Good(string name)
    {
        foreach (var user in new[] { name, name.ToLowerInvariant() })
            _kit.OrderAsync(AccountOrder.Register, user, Right).Wait();
        return Password(name, Right);
    }

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() =>
    [
        (Password("nobody", Right), ErrorCode.LoginFailed),
        (Password("nobody", ""), ErrorCode.LoginFailed),
        (Request("ann"), ErrorCode.AuthRequired),
        (Password(null, Right), ErrorCode.AuthRequired),
        (Request("ann", new LoginProof.Token("a.b.c")), ErrorCode.AuthRequired),
    ];

    private Registrations Register(RegistrationQuota? quota) => new(_kit.Accounts, _kit.Work, Names(), quota);
}

/// <summary>The contract on tokens and passwords at once.</summary>
public sealed class TokensAndPasswordsSpecs : LoginPolicyContract, IAsyncLifetime
{
    private readonly TokenKit _tokens = new();
    private readonly PasswordKit _kit = new();

    [Fact]
    public async Task Should_say_what_a_login_needs()
    {
        var verdict = await Make(Names()).CheckAsync(Request("ann"));
        verdict.Error.ShouldBe(ErrorCode.AuthRequired);
        verdict.Text!.ShouldEndWith("log in with a password or a token");
        (await Make(Names()).CheckAsync(Password("ann", Right, registers: true))).Error.ShouldBe(ErrorCode.Unsupported);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _tokens.DisposeAsync();
        await _kit.DisposeAsync();
    }

    private protected override ILoginPolicy Make(UserNames names) =>
        new LoginModes(null, new TokenLogins(_tokens.Verifier, names, _tokens.Revoked, _tokens.Workers), _kit.Policy(names));

    private protected override LoginRequest Good(string name)
    {
        if (name.Length % 2 == 0)
            return Request(null, _tokens.For(name));
        foreach (var user in new[] { name, name.ToLowerInvariant() })
            _kit.OrderAsync(AccountOrder.Register, user, Right).Wait();
        return Password(name, Right);
    }

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() =>
    [
        (Password("nobody", Right), ErrorCode.LoginFailed),
        (Request("ann", new LoginProof.Token("a.b.c")), ErrorCode.BadToken),
        (Request("ann"), ErrorCode.AuthRequired),
    ];
}
