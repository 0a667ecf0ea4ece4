using System.Security.Cryptography;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Accounts;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Logins;

/// <summary>The mode <c>password</c>: a user has an account, and proves with a password that it is theirs.</summary>
/// <remarks>A wrong password, no account and a disabled account get the same answer after the same work: a hash is checked in each case, and the failure counts. The answer comes
/// no sooner than <see cref="LoginTimings.FailureFloor"/>, so that it also takes the same time if the hash of an account has another cost than the settings say.</remarks>
/// <param name="accounts">The accounts.</param>
/// <param name="passwords">Hashes and checks passwords.</param>
/// <param name="names">The policy for names.</param>
/// <param name="revoked">The accounts that changed.</param>
/// <param name="delays">Makes logins wait after failures.</param>
/// <param name="timings">How long a failure takes at least.</param>
/// <param name="time">The clock.</param>
internal sealed class PasswordLogins(
    IAccounts accounts, PasswordWork passwords, UserNames names, RevokedTokens revoked, FailureDelays delays, LoginTimings timings, TimeProvider time) : ILoginPolicy
{
    /// <summary>What a client is told when the store of the accounts does not answer.</summary>
    public const string Away = "the accounts cannot be read now; try again";

    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request)
    {
        if (request.Proof is not LoginProof.Password password || request.Name is not { } name)
            return new(LoginVerdict.Refuse(ErrorCode.AuthRequired));
        var named = names.Check(name);
        if (named.IsAccepted)
            return LogInAsync(named, password.Bytes, request);
        CryptographicOperations.ZeroMemory(password.Bytes);
        return new(named);
    }

    private async ValueTask<LoginVerdict> LogInAsync(LoginVerdict named, byte[] password, LoginRequest request)
    {
        try
        {
            if (!revoked.IsKnown)
                return LoginVerdict.Refuse(ErrorCode.RegistryUnavailable, Away);
            if (delays.Begin(named.User!, request.Address) is not { } attempt)
                return LoginVerdict.Refuse(ErrorCode.TooManyFailures);
            if (attempt.Wait > TimeSpan.Zero)
                await Task.Delay(attempt.Wait, time).ConfigureAwait(false);
            var began = time.GetTimestamp();
            var verdict = await DecideAsync(named, password, request, attempt).ConfigureAwait(false);
            var left = timings.FailureFloor - time.GetElapsedTime(began);
            if (verdict.Error == ErrorCode.LoginFailed && left > TimeSpan.Zero)
                await Task.Delay(left, time).ConfigureAwait(false);
            return verdict;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private async ValueTask<LoginVerdict> DecideAsync(LoginVerdict named, byte[] password, LoginRequest request, LoginAttempt attempt)
    {
        try
        {
            // Otherwise a storm of logins would ask for more accounts than can be checked, also for those of connections that are gone.
            if (!passwords.TryBegin(request.Connection))
                return LoginVerdict.Refuse(ErrorCode.Busy);
            try
            {
                var account = await accounts.AskAsync(new AccountQuestion(named.User!.Text, AccountOrder.Look)).ConfigureAwait(false);
                return account is null
                    ? LoginVerdict.Refuse(ErrorCode.RegistryUnavailable, Away)
                    : await passwords.RunAsync(() => Verify(named, password, account, attempt), request).ConfigureAwait(false);
            }
            finally
            {
                passwords.End();
            }
        }
        finally
        {
            // Who does not wait for the answer has had its attempt: otherwise others could be made to wait for nothing.
            delays.End(attempt, request.Connection is { IsGone: true } ? AttemptResult.Failed : AttemptResult.Undecided);
        }
    }

    /// <summary>Runs on a worker. A failure counts before the worker takes the next login.</summary>
    private LoginVerdict Verify(LoginVerdict named, byte[] password, AccountAnswer account, LoginAttempt attempt)
    {
        if (!delays.MayBeChecked(attempt))
            return LoginVerdict.Refuse(ErrorCode.TooManyFailures);
        var right = passwords.Hasher.Verify(password, account.Hash.Length > 0 ? account.Hash : null);
        var grant = SessionGrant.OfAccount(named.User!.Text, account.Epoch);
        if (right == PasswordVerdict.Wrong || account.IsDisabled || revoked.Check(grant) != ErrorCode.None)
        {
            delays.End(attempt, AttemptResult.Failed);
            return LoginVerdict.Refuse(ErrorCode.LoginFailed);
        }

        delays.End(attempt, AttemptResult.Succeeded);
        if (right == PasswordVerdict.RightAndOutdated)
            _ = accounts.AskAsync(new AccountQuestion(named.User.Text, AccountOrder.UpgradeHash, passwords.Hasher.Hash(password), account.Hash));
        return LoginVerdict.Accept(named.User, named.Display!, grant);
    }
}
