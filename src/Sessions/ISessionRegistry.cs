using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>Says which node and connection hold which user. Safe to call from any thread.</summary>
/// <remarks>
/// Claims and releases of one user by one node must not overlap: the caller puts them in a line. Calls of different users and
/// nodes may overlap in any way. The rules are in docs/decisions/0016 and <c>docs/delivery.md</c>, "Sessions".
/// </remarks>
public interface ISessionRegistry
{
    /// <summary>Puts a node on the list of nodes whose sessions may have to be cleaned up one day. Called again and again while the
    /// node lives: the answer tells it when the registry lost its data, and when it was declared dead.</summary>
    Task<AttendOutcome> AttendAsync(NodeId node);

    /// <summary>Takes a node off that list after it released all its sessions itself.</summary>
    Task RemoveNodeAsync(NodeId node);

    /// <summary>Makes <paramref name="owner"/> the holder of the user's session.</summary>
    /// <param name="user">Whose session.</param>
    /// <param name="owner">Who claims it.</param>
    /// <param name="since">When the login arrived, in milliseconds since 1970, UTC; for a session that is claimed again what the first claim's outcome said.</param>
    /// <param name="mode">Delivery mode.</param>
    /// <param name="policy">What to do where somebody else holds it.</param>
    /// <param name="abandoned">Cancelled where nobody wants the session any more: a claim that was not sent yet is not sent, and one that was is not kept.</param>
    Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default);

    /// <summary>Deletes the user's session if <paramref name="owner"/> still holds it.</summary>
    /// <returns>True where the registry answered, whoever holds the session; false where it has to be tried again.</returns>
    Task<bool> ReleaseAsync(UserName user, SessionOwner owner);

    /// <summary>Looks a user up.</summary>
    Task<FindOutcome> FindAsync(UserName user);

    /// <summary>Gives the last events of a user's session, the latest first. For operators: what is missing was never promised.</summary>
    Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user);

    /// <summary>Lists the nodes that were added and not removed or cleaned up.</summary>
    Task<IReadOnlyList<NodeId>> NodesAsync();

    /// <summary>Declares a node dead and deletes every session it holds; others are never touched. Repeatable.</summary>
    /// <param name="node">The dead node.</param>
    /// <param name="term">Term of the relay that asks: one that was superseded may not declare anybody dead.</param>
    Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term);

    /// <summary>Draws the number of a relay's term: higher than every one before, also when the registry lost its data.</summary>
    /// <param name="now">Milliseconds since 1970, UTC; the floor that keeps terms rising over a loss of data.</param>
    Task<long> NextTermAsync(long now);
}
