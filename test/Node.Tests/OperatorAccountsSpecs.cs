using ChatAkka.Node.Logins;
using ChatAkka.Node.Operators;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What operators do with accounts.</summary>
public sealed class OperatorAccountsSpecs : IAsyncLifetime
{
    private readonly PasswordKit _kit = new();
    private readonly Changes _changes = new();
    private readonly OperatorAccounts _accounts;

    public OperatorAccountsSpecs() =>
        _accounts = new OperatorAccounts(new AccountServices(_kit.Accounts, _kit.Work, _kit.Delays, _changes), PasswordKit.Names(), _kit.Time);

    [Fact]
    public async Task Should_hash_at_the_cost_of_the_settings()
    {
        (await RunAsync(AccountOrder.Register, PasswordKit.Right)).Result.ShouldBe((int)AccountResult.Done);
        _kit.Accounts.HashOf("ann")!.ShouldStartWith("$argon2id$v=19$m=1024,t=1,p=1$");
        (await _kit.LogInAsync("ann")).IsAccepted.ShouldBeTrue();
        _changes.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AccountOrder.ChangePassword, false)]
    [InlineData(AccountOrder.Disable, true)]
    [InlineData(AccountOrder.Remove, true)]
    public async Task Should_end_the_sessions_of_before(AccountOrder order, bool isClosed)
    {
        await RunAsync(AccountOrder.Register, PasswordKit.Right);
        var session = (await _kit.LogInAsync("ann")).Grant!;
        await RunAsync(order, "other horse");
        _changes.All.ShouldHaveSingleItem().ShouldBe(new TokenRevocation.Account("ann", session.AccountEpoch + 1, isClosed, _kit.Time.GetUtcNow() + TokenRevocation.Kept));
        _kit.Revoked.Add(_changes.All);
        _kit.Revoked.Check(session).ShouldNotBe(ErrorCode.None);
    }

    [Fact]
    public async Task Should_say_that_a_session_goes_on_when_that_cannot_be_kept_and_end_it_when_the_order_is_repeated()
    {
        await RunAsync(AccountOrder.Register, PasswordKit.Right);
        _changes.IsAway = true;
        (await RunAsync(AccountOrder.Disable)).Problem.ShouldContain("its session goes on");
        _changes.IsAway = false;
        (await RunAsync(AccountOrder.Disable)).ShouldBe(new AccountReport((int)AccountResult.Unchanged));
        _changes.All.Count.ShouldBe(1);
        _changes.IsAway = true;
        (await RunAsync(AccountOrder.Remove)).Problem.ShouldContain("its session goes on");
        _changes.IsAway = false;
        (await RunAsync(AccountOrder.Remove)).ShouldBe(new AccountReport((int)AccountResult.Unknown));
        _changes.All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Should_refuse_what_no_client_could_use()
    {
        (await RunAsync(AccountOrder.Register, "short")).IsMisuse.ShouldBeTrue();
        (await _accounts.RunAsync(new AccountOrderQuestion("pbm", (int)AccountOrder.Register, PasswordKit.Right))).IsMisuse.ShouldBeTrue();
        (await _accounts.RunAsync(new AccountOrderQuestion("two words", (int)AccountOrder.Register, PasswordKit.Right))).IsMisuse.ShouldBeTrue();
        (await RunAsync((AccountOrder)99)).Result.ShouldBe((int)AccountResult.Unknown);
        _kit.Accounts.Orders.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Should_list_accounts_and_say_when_one_does_not_answer()
    {
        await RunAsync(AccountOrder.Register, PasswordKit.Right);
        (await _accounts.ListAsync("")).Accounts.ShouldBe([new AccountLine("ann", "enabled")]);
        await RunAsync(AccountOrder.Disable);
        (await _accounts.ListAsync("")).Accounts.ShouldBe([new AccountLine("ann", "disabled")]);
        (await _accounts.ListAsync("ann")).Accounts.ShouldBeEmpty();
        _kit.Accounts.IsAway = true;
        (await _accounts.ListAsync("")).Accounts.ShouldBe([new AccountLine("ann", "no answer")]);
        (await RunAsync(AccountOrder.Enable)).Problem.ShouldContain("did not answer in time");
    }

    [Fact]
    public async Task Should_show_which_accounts_and_addresses_failed()
    {
        _kit.Delays = new FailureDelays(DelayPolicy.OfAccounts, DelayPolicy.OfAddresses, 100, _kit.Time);
        var accounts = new OperatorAccounts(new AccountServices(_kit.Accounts, _kit.Work, _kit.Delays, _changes), PasswordKit.Names(), _kit.Time);
        for (var i = 0; i < 4; i++)
            await _kit.LogInAsync("ann", "wrong horse");
        var report = accounts.ReportLogins();
        (report.Enabled, report.Failed, report.Delayed).ShouldBe((true, 4L, 1));
        report.Worst.ShouldBe([new FailuresLine("ann", false, 4, 250)]);
        new OperatorAccounts(null, PasswordKit.Names(), _kit.Time).ReportLogins().Enabled.ShouldBeFalse();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _kit.DisposeAsync();

    private Task<AccountReport> RunAsync(AccountOrder order, string password = "") =>
        _accounts.RunAsync(new AccountOrderQuestion("ann", (int)order, password)).WaitAsync(Eventually.Limit);

    private sealed class Changes : ITokenRevocations
    {
        public bool IsAway { get; set; }

        public List<TokenRevocation> All { get; } = [];

        public Task<RevocationsOutcome> LookAsync(string? known) => throw new NotSupportedException();

        public Task<bool> RevokeAsync(TokenRevocation revocation)
        {
            if (!IsAway)
                All.Add(revocation);
            return Task.FromResult(!IsAway);
        }
    }
}
