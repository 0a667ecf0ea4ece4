using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

/// <summary>A registry that answers what a test says, when the test says, and notes what it was asked. As long as nothing is said, everything works.</summary>
internal sealed class ScriptedRegistry : ISessionRegistry
{
    private readonly Lock _gate = new();
    private readonly List<Call> _calls = [];

    /// <summary>Answers claims.</summary>
    public Func<Claim, Task<ClaimOutcome>> OnClaim { get; set; } = claim => Task.FromResult<ClaimOutcome>(new ClaimOutcome.Claimed(null, claim.Since));

    /// <summary>Answers releases.</summary>
    public Func<Release, Task<bool>> OnRelease { get; set; } = _ => Task.FromResult(true);

    /// <summary>What a node that says that it lives is told.</summary>
    public AttendOutcome Attend { get; set; } = new AttendOutcome.Known();

    /// <summary>What look-ups are told.</summary>
    public FindOutcome Find { get; set; } = new FindOutcome.Unavailable("nothing was said");

    /// <summary>The claims and releases that came, in order.</summary>
    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public IEnumerable<Claim> Claims => Calls.OfType<Claim>();

    public IEnumerable<Release> Releases => Calls.OfType<Release>();

    public Task<ClaimOutcome> ClaimAsync(
        UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
        OnClaim(Note(new Claim(user, owner.Connection, since, policy, abandoned)));

    public Task<bool> ReleaseAsync(UserName user, SessionOwner owner) => OnRelease(Note(new Release(user, owner.Connection)));

    public Task<AttendOutcome> AttendAsync(NodeId node) => Task.FromResult(Attend);

    public Task<FindOutcome> FindAsync(UserName user) => Task.FromResult(Find);

    public TimeSpan? EventsAge => null;

    public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => throw new NotSupportedException();

    public Task RemoveNodeAsync(NodeId node) => throw new NotSupportedException();

    public Task<IReadOnlyList<NodeId>> NodesAsync() => throw new NotSupportedException();

    public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term) => throw new NotSupportedException();

    public Task<long> NextTermAsync(long now) => throw new NotSupportedException();

    private T Note<T>(T call)
        where T : Call
    {
        lock (_gate)
            _calls.Add(call);
        return call;
    }

    /// <summary>Something that the registry was asked.</summary>
    internal abstract record Call(UserName User, long Connection);

    internal sealed record Claim(UserName User, long Connection, long Since, ClaimPolicy Policy, CancellationToken Abandoned) : Call(User, Connection);

    internal sealed record Release(UserName User, long Connection) : Call(User, Connection);
}
