using ChatAkka.Protocol;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Relay.Tests;

/// <summary>A registry that notes what the relay asks, and can be away.</summary>
internal sealed class FakeRegistry : ISessionRegistry
{
    private readonly List<(NodeId Node, long Term)> _cleaned = [];
    private int _asked;

    public bool IsAway { get; set; }

    public long Term { get; set; } = 41;

    public List<NodeId> Nodes { get; } = [];

    /// <summary>Thrown by the next question for the nodes, in the actor that asks.</summary>
    public Exception? Throws { get; set; }

    /// <summary>What clean-ups wait for; null where they are done at once.</summary>
    public Task<CleanUpOutcome>? Slow { get; set; }

    public CleanUpOutcome CleanUp { get; set; } = new CleanUpOutcome.Cleaned(0);

    public IReadOnlyList<(NodeId Node, long Term)> Cleaned
    {
        get
        {
            lock (_cleaned)
                return [.. _cleaned];
        }
    }

    public Task<AttendOutcome> AttendAsync(NodeId node) => throw new NotSupportedException();

    public Task RemoveNodeAsync(NodeId node) => Task.CompletedTask;

    public Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
        throw new NotSupportedException();

    public Task<bool> ReleaseAsync(UserName user, SessionOwner owner) => throw new NotSupportedException();

    public TimeSpan? EventsAge => null;

    public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => throw new NotSupportedException();

    public Task<FindOutcome> FindAsync(UserName user) => throw new NotSupportedException();

    /// <summary>Waits until the nodes were asked for so many times more.</summary>
    public Task ListedAsync(int times)
    {
        var until = Volatile.Read(ref _asked) + times;
        return Eventually.TrueAsync(() => Volatile.Read(ref _asked) >= until, "the relay asks for the list of nodes");
    }

    public Task<IReadOnlyList<NodeId>> NodesAsync()
    {
        Interlocked.Increment(ref _asked);
        if (Throws is not { } exception)
            return ListAsync();
        Throws = null;
        throw exception;
    }

    private Task<IReadOnlyList<NodeId>> ListAsync() =>
        IsAway ? Task.FromException<IReadOnlyList<NodeId>>(new TimeoutException("away")) : Task.FromResult<IReadOnlyList<NodeId>>([.. Nodes]);

    public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term)
    {
        lock (_cleaned)
            _cleaned.Add((node, term));
        return Slow ?? Task.FromResult(IsAway ? new CleanUpOutcome.Unavailable("away") : CleanUp);
    }

    public Task<long> NextTermAsync(long now) => IsAway ? Task.FromException<long>(new TimeoutException("away")) : Task.FromResult(++Term);
}
