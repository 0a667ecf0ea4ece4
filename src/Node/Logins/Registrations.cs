using System.Security.Cryptography;
using ChatAkka.Node.Accounts;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Logins;

/// <summary>Lets clients register accounts, if the settings allow it.</summary>
/// <param name="accounts">The accounts.</param>
/// <param name="passwords">Hashes passwords.</param>
/// <param name="names">The policy for names.</param>
/// <param name="quota">How many accounts may be registered; null: none.</param>
internal sealed class Registrations(IAccounts accounts, PasswordWork passwords, UserNames names, RegistrationQuota? quota) : ILoginPolicy
{
    /// <summary>Registers an account. An accepted registration is no login.</summary>
    /// <param name="request">What the client gave.</param>
    public async ValueTask<LoginVerdict> CheckAsync(LoginRequest request)
    {
        if (quota is null)
            return LoginVerdict.Refuse(ErrorCode.Unsupported, "clients cannot register here; ask an operator");
        if (request is not { Name: { } name, Proof: LoginProof.Password password })
            return LoginVerdict.Refuse(ErrorCode.AuthRequired);
        try
        {
            var named = names.Check(name);
            if (!named.IsAccepted)
                return named;
            if (PasswordWork.Problem(password.Bytes) is { } problem)
                return LoginVerdict.Refuse(ErrorCode.BadField, problem);
            if (!quota.TryTake(request.Address))
                return LoginVerdict.Refuse(ErrorCode.TooManyFailures, "too many accounts were registered from this address; try again later");
            if (await passwords.HashAsync(password.Bytes).ConfigureAwait(false) is not { } hash)
                return LoginVerdict.Refuse(ErrorCode.Busy);
            var answer = await accounts.AskAsync(new AccountQuestion(named.User!.Text, AccountOrder.Register, hash)).ConfigureAwait(false);
            return answer?.Result switch
            {
                AccountResult.Done => named,
                AccountResult.Exists => LoginVerdict.Refuse(ErrorCode.AccountExists),
                _ => LoginVerdict.Refuse(ErrorCode.RegistryUnavailable, PasswordLogins.Away),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password.Bytes);
        }
    }
}
