using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>The login policy of a server without authentication: a client may log in with any valid name.</summary>
internal sealed class AnyNameMayLogIn : ILoginPolicy
{
    /// <inheritdoc/>
    public ErrorCode Check(UserName user) => ErrorCode.None;
}
