using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Several modes at once: what the client gives says which of them decides.</summary>
/// <param name="open">Decides about a name alone; null if that is not enough here.</param>
/// <param name="token">Decides about tokens; null if this server takes none.</param>
/// <param name="password">Decides about passwords; null if this server has no accounts.</param>
/// <param name="registration">Decides about registrations; null if this server has no accounts.</param>
internal sealed class LoginModes(ILoginPolicy? open, ILoginPolicy? token, ILoginPolicy? password = null, ILoginPolicy? registration = null) : ILoginPolicy
{
    private readonly string _needs = "a name alone is not enough here: log in with "
        + string.Join(" or ", new[] { password is null ? null : "a password", token is null ? null : "a token" }.OfType<string>());

    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request) => request.Proof switch
    {
        null when open is not null => open.CheckAsync(request),
        null => new(LoginVerdict.Refuse(ErrorCode.AuthRequired, _needs)),
        LoginProof.Token when token is not null => token.CheckAsync(request),
        LoginProof.Token => new(LoginVerdict.Refuse(ErrorCode.Unsupported, "this server takes no tokens")),
        LoginProof.Password { Registers: true } when registration is not null => registration.CheckAsync(request),
        LoginProof.Password { Registers: false } when password is not null => password.CheckAsync(request),
        _ => new(LoginVerdict.Refuse(ErrorCode.Unsupported, "this server has no accounts")),
    };
}
