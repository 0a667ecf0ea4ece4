using System.Net;
using System.Security.Cryptography;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Accounts;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Logins;

/// <summary>The mode <c>password</c>: a user has an account, and proves with a password that it is theirs.</summary>
/// <remarks>A wrong password, no account and a disabled account get the same answer after the same work: a hash is checked in each case, and the failure counts.</remarks>
/// <param name="accounts">The accounts.</param>
/// <param name="hasher">Hashes and checks passwords.</param>
/// <param name="names">The policy for names.</param>
/// <param name="revoked">The accounts that were closed.</param>
/// <param name="delays">Makes logins wait after failures.</param>
/// <param name="registerPerHour">How many accounts may be registered in an hour from one address; 0: none.</param>
/// <param name="workers">Work on passwords beside the hot path.</param>
/// <param name="time">The clock.</param>
internal sealed class PasswordLogins(
    IAccounts accounts,
    PasswordHasher hasher,
    UserNames names,
    RevokedTokens revoked,
    FailureDelays delays,
    int registerPerHour,
    CredentialWorkers workers,
    TimeProvider time) : ILoginPolicy
{
    private const int LeastBytes = 8;
    private readonly RegistrationQuota _quota = new(registerPerHour, time);

    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request)
    {
        if (request.Proof is not LoginProof.Password password || request.Name is not { } name)
            return new(LoginVerdict.Refuse(ErrorCode.AuthRequired));
        var verdict = names.Check(name, new SessionGrant(names.Compare(name).Text, null, time.GetUtcNow(), SessionGrant.Never));
        if (!verdict.IsAccepted)
            return new(verdict);
        return password.Registers ? RegisterAsync(verdict, password.Bytes, request.Address) : LogInAsync(verdict, password.Bytes, request.Address);
    }

    private async ValueTask<LoginVerdict> LogInAsync(LoginVerdict verdict, byte[] password, IPAddress address)
    {
        var user = verdict.User!;
        if (!revoked.IsKnown)
            return LoginVerdict.Refuse(ErrorCode.RegistryUnavailable);
        if (delays.Wait(user, address) is not { } wait)
            return LoginVerdict.Refuse(ErrorCode.TooManyFailures);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time).ConfigureAwait(false);
        if (await accounts.AskAsync(new AccountQuestion(user.Text, AccountOrder.Look)).ConfigureAwait(false) is not { } account)
            return LoginVerdict.Refuse(ErrorCode.RegistryUnavailable);
        return await workers.RunAsync(() => new(Verify(verdict, password, account, address))).ConfigureAwait(false);
    }

    private LoginVerdict Verify(LoginVerdict verdict, byte[] password, AccountAnswer account, IPAddress address)
    {
        var user = verdict.User!;
        var right = hasher.Verify(password, account.Hash.Length > 0 ? account.Hash : null);
        if (right == PasswordVerdict.Wrong || account.IsDisabled)
        {
            CryptographicOperations.ZeroMemory(password);
            delays.Failed(user, address);
            return LoginVerdict.Refuse(ErrorCode.LoginFailed);
        }

        delays.Succeeded(user);
        if (right == PasswordVerdict.RightAndOutdated)
            _ = accounts.AskAsync(new AccountQuestion(user.Text, AccountOrder.UpgradeHash, hasher.Hash(password), account.Hash));
        CryptographicOperations.ZeroMemory(password);
        return verdict;
    }

    private async ValueTask<LoginVerdict> RegisterAsync(LoginVerdict verdict, byte[] password, IPAddress address)
    {
        if (registerPerHour == 0)
            return LoginVerdict.Refuse(ErrorCode.Unsupported, "clients cannot register here; ask an operator");
        if (password.Length is < LeastBytes or > PasswordHasher.MostBytes)
            return LoginVerdict.Refuse(ErrorCode.BadField, $"a password has {LeastBytes} to {PasswordHasher.MostBytes} bytes");
        if (!_quota.TryTake(address))
            return LoginVerdict.Refuse(ErrorCode.TooManyFailures, "too many accounts were registered from this address; try again later");
        var hash = "";
        var hashed = await workers.RunAsync(() =>
        {
            hash = hasher.Hash(password);
            CryptographicOperations.ZeroMemory(password);
            return new(verdict);
        }).ConfigureAwait(false);
        if (!hashed.IsAccepted)
            return hashed;
        var answer = await accounts.AskAsync(new AccountQuestion(verdict.User!.Text, AccountOrder.Register, hash)).ConfigureAwait(false);
        return answer?.Result switch
        {
            AccountResult.Done => verdict,
            AccountResult.Exists => LoginVerdict.Refuse(ErrorCode.AccountExists),
            _ => LoginVerdict.Refuse(ErrorCode.RegistryUnavailable),
        };
    }
}
