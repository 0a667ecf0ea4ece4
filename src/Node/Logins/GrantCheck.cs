using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Says whether a session must end because of its token or its account.</summary>
/// <param name="revoked">What is revoked.</param>
/// <param name="renewGrace">How long after the end of its token a session goes on, so that a client has time to renew it.</param>
/// <param name="time">The clock.</param>
internal sealed class GrantCheck(RevokedTokens revoked, TimeSpan renewGrace, TimeProvider time)
{
    /// <summary>Gives the error with which a session is closed; <see cref="ErrorCode.None"/> if it stays.</summary>
    /// <param name="grant">What the session depends on; null if it depends on nothing.</param>
    public ErrorCode Check(SessionGrant? grant)
    {
        if (grant is null)
            return ErrorCode.None;
        if (revoked.Check(grant) is var error and not ErrorCode.None)
            return error;
        return grant.IsToken && time.GetUtcNow() - grant.Ends >= renewGrace ? ErrorCode.TokenExpired : ErrorCode.None;
    }
}
