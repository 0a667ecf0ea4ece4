using System.Net;
using System.Text;
using ChatAkka.Authentication.Names;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>Accounts in memory, and what decides about logins with passwords.</summary>
internal sealed class PasswordKit : IAsyncDisposable
{
    public const string Right = "right horse";
    private static readonly DelayPolicy s_none = new(free: int.MaxValue - 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    private readonly CredentialWorkers _workers;

    public PasswordKit(int workers = 1, int most = 1000)
    {
        _workers = new CredentialWorkers(workers, 1000);
        Work = new PasswordWork(Hasher, _workers, most);
        Revoked = new RevokedTokens(Names(), Time);
        Revoked.Add([]);
        Delays = new FailureDelays(s_none, s_none, 100, Time);
    }

    public ManualTime Time { get; } = new();

    public MemoryAccounts Accounts { get; } = new();

    public PasswordHasher Hasher { get; } = new(new HashCost(1024, 1));

    public PasswordWork Work { get; }

    public RevokedTokens Revoked { get; set; }

    public FailureDelays Delays { get; set; }

    public TimeSpan Floor { get; set; } = TimeSpan.Zero;

    public static UserNames Names() => new(new NamePolicy(isSafe: false, ["pbm"]));

    public static LoginRequest Password(string? name, string password, bool registers = false) =>
        new(name is null ? null : UserName.TryCreate(name), new LoginProof.Password(Encoding.UTF8.GetBytes(password), registers), IPAddress.Loopback);

    public PasswordLogins Policy(UserNames? names = null) =>
        new(Accounts, Work, names ?? Names(), Revoked, Delays, new LoginTimings(Floor), Floor > TimeSpan.Zero ? TimeProvider.System : Time);

    public Task OrderAsync(AccountOrder order, string user, string? password = null) =>
        Accounts.AskAsync(new AccountQuestion(user, order, password is null ? "" : Hasher.Hash(Encoding.UTF8.GetBytes(password))));

    public async Task<LoginVerdict> LogInAsync(string name, string password = Right) =>
        await Policy().CheckAsync(Password(name, password)).AsTask().WaitAsync(Eventually.Limit);

    public async ValueTask DisposeAsync() => await _workers.DisposeAsync();
}
