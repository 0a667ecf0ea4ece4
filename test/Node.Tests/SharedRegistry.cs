using System.Collections.Concurrent;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Tests;

/// <summary>A registry in memory, slow by a random moment.</summary>
internal sealed class SharedRegistry : ISessionRegistry
{
    public ConcurrentDictionary<string, SessionOwner> Places { get; } = new();

    public bool IsAway { get; set; }

    public Task? Hold { get; set; }

    public TimeSpan? EventsAge => null;

    public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => throw new NotSupportedException();

    public async Task<FindOutcome> FindAsync(UserName user)
    {
        await Task.Delay(Random.Shared.Next(3));
        if (Hold is { } hold)
            await hold;
        return IsAway ? new FindOutcome.Unavailable("away")
            : Places.TryGetValue(user.Text, out var owner) ? new FindOutcome.Found(new SessionRecord(owner, 1, SessionModes.Plain))
            : new FindOutcome.NotFound();
    }

    public Task<AttendOutcome> AttendAsync(NodeId node) => throw new NotSupportedException();

    public Task RemoveNodeAsync(NodeId node) => throw new NotSupportedException();

    public Task<ClaimOutcome> ClaimAsync(UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default) =>
        throw new NotSupportedException();

    public Task<bool> ReleaseAsync(UserName user, SessionOwner owner) => throw new NotSupportedException();

    public Task<IReadOnlyList<NodeId>> NodesAsync() => throw new NotSupportedException();

    public Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term) => throw new NotSupportedException();

    public Task<long> NextTermAsync(long now) => throw new NotSupportedException();
}
