using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>What a claim does if another connection holds the session already.</summary>
public abstract record ClaimPolicy
{
    private ClaimPolicy()
    {
    }

    /// <summary>Replaces the holder: the second login wins. If the claim waited for the registry and the user logged in elsewhere in the
    /// meantime, then the other login is the second one, and the claim is refused.</summary>
    public static ClaimPolicy Replace { get; } = new ReplaceAny();

    /// <summary>Replaces the holder unless its login was at the same time or later. For an open session that may be missing in the registry.</summary>
    public static ClaimPolicy Restore { get; } = new ReplaceOlder();

    /// <summary>Refuses the claim, unless the holder is a connection of <paramref name="gone"/>, a node that is dead.</summary>
    /// <param name="gone">The dead node; null if none is known.</param>
    public static ClaimPolicy RefuseUnless(NodeId? gone) => new RefuseOthers(gone);

    internal sealed record ReplaceAny : ClaimPolicy;

    internal sealed record ReplaceOlder : ClaimPolicy;

    internal sealed record RefuseOthers(NodeId? Gone) : ClaimPolicy;
}
