using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Sessions;

/// <summary>Asks the session registry on behalf of this node. A failure is an answer like the others: no task fails.</summary>
/// <param name="self">This node.</param>
/// <param name="registry">The session registry.</param>
/// <param name="hasMailboxes">True if this node has mailboxes. Then each session reads its mailbox first.</param>
/// <param name="secondLogin">What a second login of a user does.</param>
internal sealed class RegistryQuestions(NodeId self, ISessionRegistry registry, bool hasMailboxes, SecondLogin secondLogin)
{
    /// <summary>Gives a sign of life of this node.</summary>
    public async Task<AttendOutcome> AttendAsync()
    {
        try
        {
            return await registry.AttendAsync(self).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return new AttendOutcome.Unavailable(e.GetBaseException().Message);
        }
    }

    /// <summary>Claims the session of a login.</summary>
    public async Task<SessionMessage.ClaimAnswered> ClaimAsync(Login login)
    {
        var policy = secondLogin == SecondLogin.Replace && login.GoneHolder is null ? ClaimPolicy.Replace : ClaimPolicy.RefuseUnless(login.GoneHolder);
        var session = login.Session;
        try
        {
            var outcome = await ClaimAsync(session, policy, login.Abandoned).ConfigureAwait(false);
            return new SessionMessage.ClaimAnswered(login, outcome, hasMailboxes);
        }
        catch (Exception e)
        {
            return new SessionMessage.ClaimAnswered(login, new ClaimOutcome.Unavailable(e.GetBaseException().Message));
        }
    }

    /// <summary>Claims a live session again.</summary>
    public async Task<SessionMessage.RestoreAnswered> RestoreAsync(LocalSession session)
    {
        try
        {
            return new SessionMessage.RestoreAnswered(session, await ClaimAsync(session, ClaimPolicy.Restore).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return new SessionMessage.RestoreAnswered(session, new ClaimOutcome.Unavailable(e.GetBaseException().Message));
        }
    }

    /// <summary>Deletes what a connection may have left in the registry.</summary>
    public async Task<SessionMessage.ReleaseAnswered> ReleaseAsync(UserName user, long connection)
    {
        try
        {
            var isDone = await registry.ReleaseAsync(user, new SessionOwner(self, connection)).ConfigureAwait(false);
            return new SessionMessage.ReleaseAnswered(user, connection, isDone);
        }
        catch (Exception e)
        {
            return new SessionMessage.ReleaseAnswered(user, connection, IsDone: false, e);
        }
    }

    /// <summary>Asks where the user of a session is, according to the registry.</summary>
    public async Task<SessionMessage.SessionCompared> CompareAsync(LocalSession session)
    {
        try
        {
            return new SessionMessage.SessionCompared(session, await registry.FindAsync(session.User).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            return new SessionMessage.SessionCompared(session, new FindOutcome.Unavailable(e.GetBaseException().Message));
        }
    }

    private Task<ClaimOutcome> ClaimAsync(LocalSession session, ClaimPolicy policy, CancellationToken abandoned = default) =>
        registry.ClaimAsync(session.User, new SessionOwner(self, session.Connection.Id), session.Since, session.Mode, policy, abandoned);
}
