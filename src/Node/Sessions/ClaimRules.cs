using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>What follows from the registry's answer to a claim.</summary>
internal abstract record ClaimVerdict
{
    private ClaimVerdict()
    {
    }

    /// <summary>The login has its session.</summary>
    /// <param name="Before">The user's session on this node before; null if there was none.</param>
    public sealed record Accepted(LocalSession? Before) : ClaimVerdict;

    /// <summary>The login failed.</summary>
    /// <param name="Error">What the client is told. <see cref="ErrorCode.Replaced"/> closes its connection.</param>
    public sealed record Refused(ErrorCode Error) : ClaimVerdict;

    /// <summary>The claim is sent again at once, now that <see cref="Login.GoneHolder"/> is known.</summary>
    public sealed record ClaimAgain : ClaimVerdict;

    /// <summary>Nobody is answered now: the client is gone, or the claim waits for a release and is tried again.</summary>
    public sealed record NoAnswer : ClaimVerdict;
}

/// <summary>Decides what the registry's answer to a claim means for the login.</summary>
/// <remarks>Pure: it changes nothing but the given <see cref="UserSessions"/> and <see cref="Login"/>.</remarks>
/// <param name="self">This node.</param>
/// <param name="secondLogin">What a second login of a user does.</param>
/// <param name="isMember">True for a node that is a living member of the cluster.</param>
internal sealed class ClaimRules(NodeId self, SecondLogin secondLogin, Func<NodeId, bool> isMember)
{
    /// <summary>Takes note of the answer to a claim, and says what follows.</summary>
    /// <param name="sessions">The user's sessions. The claim is the step in flight.</param>
    /// <param name="login">The login.</param>
    /// <param name="outcome">The answer of the registry.</param>
    public ClaimVerdict Decide(UserSessions sessions, Login login, ClaimOutcome outcome)
    {
        switch (outcome)
        {
            case ClaimOutcome.Claimed or ClaimOutcome.Abandoned when login.IsAbandoned:
                sessions.Claimed(login, out _);
                return new ClaimVerdict.NoAnswer();
            case ClaimOutcome.Claimed claimed:
                login.Session.Since = claimed.Since;
                sessions.Claimed(login, out var before);
                return new ClaimVerdict.Accepted(before);
            case ClaimOutcome.Refused { Owner: var holder } when holder.Node != self && !isMember(holder.Node) && login.GoneHolder is null:
                // A session that was left behind by a node that is gone must not keep the user out.
                login.GoneHolder = holder.Node;
                return new ClaimVerdict.ClaimAgain();
            case ClaimOutcome.Refused { Owner: var holder } when holder.Node == self && sessions.TryAgainAfterRelease(login, holder.Connection):
                return new ClaimVerdict.NoAnswer();
            case ClaimOutcome.Refused { Owner: var holder } when holder.Node == self && sessions.IsLeftover(holder.Connection):
                // Nobody is logged in, but the registry did not take the release that would say so.
                return Refuse(sessions, login, ErrorCode.RegistryUnavailable);
            case ClaimOutcome.Refused when secondLogin == SecondLogin.Refuse:
                return Refuse(sessions, login, ErrorCode.NameTaken);
            case ClaimOutcome.Refused:
                // A second login replaces the first. So this one waited so long that the user logged in elsewhere after it.
                return Refuse(sessions, login, ErrorCode.Replaced);
            case ClaimOutcome.Fenced:
                return Refuse(sessions, login, ErrorCode.CutOff);
            default:
                return Refuse(sessions, login, ErrorCode.RegistryUnavailable, mayStand: true);
        }
    }

    private static ClaimVerdict.Refused Refuse(UserSessions sessions, Login login, ErrorCode error, bool mayStand = false)
    {
        sessions.NotClaimed(login, mayStand);
        return new ClaimVerdict.Refused(error);
    }
}
