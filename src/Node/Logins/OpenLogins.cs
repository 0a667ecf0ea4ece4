using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>The mode <c>open</c>: a client may log in under any name that the policy for names allows.</summary>
/// <param name="names">The policy for names.</param>
internal sealed class OpenLogins(UserNames names) : ILoginPolicy
{
    /// <inheritdoc/>
    public ValueTask<LoginVerdict> CheckAsync(LoginRequest request) =>
        new(request.Name is { } name ? names.Check(name) : LoginVerdict.Refuse(ErrorCode.BadField, "name must be given, as a string"));
}
