using ChatAkka.Protocol;

namespace ChatAkka.Node.Sessions;

/// <summary>Decides who may log in. It is asked for every login before the session is claimed, so a refused login changes nothing: an earlier session of the
/// user stays.</summary>
/// <remarks>It is called by the actors of all connections, also at the same time. It must not block.</remarks>
internal interface ILoginPolicy
{
    /// <summary>Decides about one login.</summary>
    /// <param name="user">The user that the client wants to log in as. The name is valid.</param>
    /// <returns><see cref="ErrorCode.None"/> if the client may log in; otherwise the error that it is sent.</returns>
    ErrorCode Check(UserName user);
}
