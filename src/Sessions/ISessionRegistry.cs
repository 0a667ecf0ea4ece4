using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>Tells which node and connection hold which user's session. Safe to call from any thread.</summary>
/// <remarks>
/// Claims and releases of one user by one node must not overlap: the caller makes them one after the other. Calls for different users
/// or from different nodes may overlap in any way. The rules are in docs/decisions/0016 and <c>docs/delivery.md</c>, "Sessions".
/// </remarks>
public interface ISessionRegistry
{
    /// <summary>Puts a node on the list of nodes whose sessions may have to be cleaned up later. Each node repeats this while it runs. The
    /// answer tells the node if the registry may have lost data, and if the node was declared dead.</summary>
    Task<AttendOutcome> AttendAsync(NodeId node);

    /// <summary>Removes a node from that list after it released all its sessions itself. A node that still has sessions stays on the list.</summary>
    Task RemoveNodeAsync(NodeId node);

    /// <summary>Makes <paramref name="owner"/> the holder of the user's session.</summary>
    /// <param name="user">The user of the session.</param>
    /// <param name="owner">The claimer.</param>
    /// <param name="since">When the login arrived, in milliseconds since 1970, UTC. If the session is claimed again: the time that the outcome
    /// of the first claim gave.</param>
    /// <param name="mode">Delivery mode.</param>
    /// <param name="policy">What to do if another connection holds the session.</param>
    /// <param name="abandoned">Cancelled when the session is no longer wanted. A claim that was not sent yet is not sent, and a claim that was
    /// written is released.</param>
    Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default);

    /// <summary>Deletes the user's session if <paramref name="owner"/> still holds it.</summary>
    /// <returns>True if the registry answered, even if the owner did not hold the session; false if the caller has to try again.</returns>
    Task<bool> ReleaseAsync(UserName user, SessionOwner owner);

    /// <summary>Finds the session of a user.</summary>
    Task<FindOutcome> FindAsync(UserName user);

    /// <summary>How long <see cref="EventsAsync"/> remembers a user after the last event; null if no events are kept.</summary>
    TimeSpan? EventsAge { get; }

    /// <summary>Gives the last events of a user's session, the latest first. For operators; events may be missing.</summary>
    Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user);

    /// <summary>Lists the nodes that were added and not removed or cleaned up.</summary>
    Task<IReadOnlyList<NodeId>> NodesAsync();

    /// <summary>Declares a node dead and deletes all its sessions, and no other sessions. It can be repeated.</summary>
    /// <param name="node">The dead node.</param>
    /// <param name="term">Term of the relay that asks. A relay that was superseded may not declare a node dead.</param>
    Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term);

    /// <summary>Draws the number of a relay's term. It is higher than every earlier term, even after the registry lost its data.</summary>
    /// <param name="now">The time in milliseconds since 1970, UTC. A term is never lower than this, so terms keep rising after a loss of data.</param>
    Task<long> NextTermAsync(long now);
}
