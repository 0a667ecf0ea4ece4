using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Several modes at once: what the client gives says which of them decides.</summary>
/// <param name="open">Decides about a name alone; null if that is not enough here.</param>
/// <param name="token">Decides about tokens; null if this server takes none.</param>
internal sealed class LoginModes(ILoginPolicy? open, ILoginPolicy? token) : ILoginPolicy
{
    private readonly string _needs = "a name alone is not enough here: log in with a token";

    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request) => request.Proof switch
    {
        null when open is not null => open.CheckAsync(request),
        null => new(LoginVerdict.Refuse(ErrorCode.AuthRequired, _needs)),
        LoginProof.Token when token is not null => token.CheckAsync(request),
        _ => new(LoginVerdict.Refuse(ErrorCode.Unsupported, "this server takes no tokens")),
    };
}
