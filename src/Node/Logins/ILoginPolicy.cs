namespace ChatAkka.Node.Logins;

/// <summary>Decides who may log in. It is asked for every login before the session is claimed, so a refused login changes nothing: an earlier session of the
/// user stays.</summary>
/// <remarks>It is called by the actors of all connections, also at the same time. It must not block: what takes time runs beside the hot path, and is answered
/// later. A policy that knows the answer at once makes no task. Each policy must pass <c>LoginPolicyContract</c>.</remarks>
internal interface ILoginPolicy
{
    /// <summary>Decides about one login.</summary>
    /// <param name="request">What the client gave.</param>
    ValueTask<LoginVerdict> CheckAsync(LoginRequest request);
}
