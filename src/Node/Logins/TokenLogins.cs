using ChatAkka.Authentication.Tokens;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>The mode <c>token</c>: a signed token says who the user is.</summary>
/// <param name="verifier">Checks tokens.</param>
/// <param name="names">The policy for names.</param>
/// <param name="revoked">The tokens that are revoked.</param>
/// <param name="workers">Check tokens beside the hot path.</param>
internal sealed class TokenLogins(TokenVerifier verifier, UserNames names, RevokedTokens revoked, CredentialWorkers workers) : ILoginPolicy
{
    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request) => request.Proof is LoginProof.Token token
        ? workers.RunAsync(() => VerifyAsync(token.Text, request.Name), request)
        : new(LoginVerdict.Refuse(ErrorCode.AuthRequired));

    private async ValueTask<LoginVerdict> VerifyAsync(string text, UserName? name) => await verifier.VerifyAsync(text).ConfigureAwait(false) switch
    {
        TokenVerdict.Accepted accepted => Decide(accepted.Token, name),
        TokenVerdict.Ended => LoginVerdict.Refuse(ErrorCode.TokenExpired),
        _ => LoginVerdict.Refuse(ErrorCode.BadToken),
    };

    private LoginVerdict Decide(AcceptedToken token, UserName? name)
    {
        if (UserName.TryCreate(token.Name) is not { } display)
            return LoginVerdict.Refuse(ErrorCode.BadName);
        var user = names.Compare(display);
        if (name is not null && !names.Compare(name).Equals(user))
            return LoginVerdict.Refuse(ErrorCode.BadToken, "the token is for another user");
        var grant = new SessionGrant(user.Text, token.Id, token.Issued, token.Ends);
        return revoked.IsKnown
            ? revoked.Check(grant) != ErrorCode.None ? LoginVerdict.Refuse(ErrorCode.TokenRevoked) : names.Check(display, grant)
            : LoginVerdict.Refuse(ErrorCode.RegistryUnavailable);
    }
}
