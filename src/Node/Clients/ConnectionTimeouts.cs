using ChatAkka.Protocol;

namespace ChatAkka.Node.Clients;

/// <summary>Decides whether a connection is closed because its client did not log in, sent nothing, or read nothing for too long. Pure.</summary>
/// <param name="Login">A connection that did not log in is closed after this time.</param>
/// <param name="Idle">A connection that sends nothing for this time is closed; null: never.</param>
/// <param name="Write">A connection whose socket takes no byte for this time, although bytes wait, is closed; null: never.</param>
internal sealed record ConnectionTimeouts(TimeSpan Login, TimeSpan? Idle, TimeSpan? Write)
{
    /// <summary>Gives the error with which the connection is closed; <see cref="ErrorCode.None"/> if it stays open.</summary>
    /// <param name="isLoggedIn">True once the client has logged in.</param>
    /// <param name="age">The time since the connection was accepted.</param>
    /// <param name="idleTime">The time since something was last read from the client.</param>
    /// <param name="stalledTime">The time for which bytes wait and the socket takes none of them.</param>
    public ErrorCode Check(bool isLoggedIn, TimeSpan age, TimeSpan idleTime, TimeSpan stalledTime)
    {
        if (Write is { } most && stalledTime >= most)
            return ErrorCode.SlowConsumer;
        if (!isLoggedIn && age >= Login)
            return ErrorCode.LoginTimeout;
        return Idle is { } limit && idleTime >= limit ? ErrorCode.IdleTimeout : ErrorCode.None;
    }
}
