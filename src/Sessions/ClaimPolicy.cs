using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>What a claim does where somebody holds the session already.</summary>
public abstract record ClaimPolicy
{
    private ClaimPolicy()
    {
    }

    /// <summary>Takes it over: the second login wins. One that waited for the registry, and while it did the user logged in elsewhere, is
    /// not the second: it is refused.</summary>
    public static ClaimPolicy Replace { get; } = new ReplaceAny();

    /// <summary>Takes it over unless it was claimed at the same time or later: for a session that lives and may be missing.</summary>
    public static ClaimPolicy Restore { get; } = new ReplaceOlder();

    /// <summary>Leaves it, unless its holder is of <paramref name="gone"/>, a node that no longer lives.</summary>
    /// <param name="gone">Null: no holder is known to be gone.</param>
    public static ClaimPolicy RefuseUnless(NodeId? gone) => new RefuseOthers(gone);

    internal sealed record ReplaceAny : ClaimPolicy;

    internal sealed record ReplaceOlder : ClaimPolicy;

    internal sealed record RefuseOthers(NodeId? Gone) : ClaimPolicy;
}
