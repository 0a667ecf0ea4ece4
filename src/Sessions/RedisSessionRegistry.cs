using System.Globalization;
using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The session registry in Redis or in a Redis-compatible server.</summary>
public sealed class RedisSessionRegistry : ISessionRegistry
{
    /// <summary>How many sessions a clean-up deletes at a time. With this number, 10,000 sessions took 0.065 s.</summary>
    public const int CleanUpChunk = 500;

    /// <summary>How long a tombstone stays. A process that was suspended for longer than this is not recognised as dead when it resumes.</summary>
    public static readonly TimeSpan TombstoneAge = TimeSpan.FromDays(7);

    /// <summary>A claimed session expires after this long, unless its node confirms it right after the claim. A node that was declared dead does not.</summary>
    public static readonly TimeSpan ProvisionalAge = TimeSpan.FromSeconds(10);

    /// <summary>The largest difference that is expected between the clocks of two nodes. If two logins arrive closer together than this, the one
    /// that Redis processes last counts as the later one.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(1);

    private readonly IConnectionMultiplexer _redis;
    private readonly RedisKeys _keys;
    private readonly SessionEventLog _events;
    private readonly BrokenConnections _broken;
    private readonly SharedCommand<NodeId, HashSet<NodeId>> _fences;
    private readonly SharedCommand<(NodeId Node, UserName User), bool> _members;

    /// <summary>Makes the registry.</summary>
    /// <param name="redis">An open connection. It may lose its server and reconnect at any time.</param>
    /// <param name="keys">Names of the keys.</param>
    /// <param name="eventsAge">How long the events of a user are kept after the last one, in whole seconds; null if none are written.</param>
    public RedisSessionRegistry(IConnectionMultiplexer redis, RedisKeys keys, TimeSpan? eventsAge)
    {
        (_redis, _keys, _events, _broken) = (redis, keys, new SessionEventLog(redis, keys, eventsAge), new BrokenConnections(redis));
        _fences = new(FindFencedAsync);
        _members = new(AddMembersAsync);
    }

    private IDatabase Db => _redis.GetDatabase();

    /// <inheritdoc/>
    public async Task<AttendOutcome> AttendAsync(NodeId node)
    {
        try
        {
            // The tombstone is checked first: a node that was declared dead must not get on the list again.
            if (await IsFencedAsync(node).ConfigureAwait(false))
                return new AttendOutcome.Fenced();
            var isNew = await Db.SetAddAsync(_keys.Nodes, node.ToString()).ConfigureAwait(false);

            // After a reconnect another server may answer, which does not have all data of the first one.
            return _broken.Take() || isNew ? new AttendOutcome.Added() : new AttendOutcome.Known();
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            return new AttendOutcome.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task RemoveNodeAsync(NodeId node)
    {
        if (await Db.SetLengthAsync(_keys.Node(node), RedisConnector.PrimaryOnly).ConfigureAwait(false) == 0)
            await Db.SetRemoveAsync(_keys.Nodes, node.ToString()).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ClaimOutcome> ClaimAsync(
        UserName user, SessionOwner owner, long since, string mode, ClaimPolicy policy, CancellationToken abandoned = default)
    {
        try
        {
            var db = Db;
            if (await IsFencedAsync(owner.Node).ConfigureAwait(false))
                return new ClaimOutcome.Fenced();

            // Each command is answered before the next one is sent, because the keys may be on different servers of a Redis Cluster. The set is
            // written first: a session that clean-up cannot find would stay for ever. The tombstone is checked last: a relay that declared this
            // node dead in the meantime may have read the node's set already.
            // The commands that are not about a single user are shared with other claims.
            await _members.AskAsync((owner.Node, user)).ConfigureAwait(false);
            if (abandoned.IsCancellationRequested)
                return new ClaimOutcome.Abandoned();
            var answer = (RedisResult[])(await db.ScriptEvaluateAsync(
                RedisScripts.Claim, [_keys.Session(user)], Arguments(owner, since, mode, policy), RedisConnector.PrimaryOnly).ConfigureAwait(false))!;
            if ((int)answer[0] == 0)
                return await RefuseAsync(user, owner, answer).ConfigureAwait(false);
            return await TryConfirmAsync(user, owner, abandoned).ConfigureAwait(false) ?? Claimed(user, owner, policy, answer);
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            return new ClaimOutcome.Unavailable(e.Message);
        }
    }

    private async Task<ClaimOutcome> RefuseAsync(UserName user, SessionOwner owner, RedisResult[] answer)
    {
        // The script refuses only if it can read the holder. The one exception is a number that is too large for this process.
        if (SessionOwner.TryParse((string?)answer[1], (string?)answer[2]) is not { } holder)
            return new ClaimOutcome.Unavailable($"the session in the key {_keys.Session(user)} has an unreadable holder, '{answer[1]}' '{answer[2]}': delete the key");
        if (holder.Node != owner.Node)
            await Db.SetRemoveAsync(_keys.Node(owner.Node), user.Text).ConfigureAwait(false);
        _events.Note(user, SessionEvent.Refused, $"{Name(owner)}, as {Name(holder)} holds it");
        return new ClaimOutcome.Refused(holder, IsProvisional: (long)answer[3] >= 0);
    }

    /// <summary>Confirms a claim that was written. Gives what went wrong, or null if the claimer holds the session.</summary>
    private async Task<ClaimOutcome?> TryConfirmAsync(UserName user, SessionOwner owner, CancellationToken abandoned)
    {
        if (await IsFencedAsync(owner.Node).ConfigureAwait(false))
        {
            await ReleaseAsync(user, owner).ConfigureAwait(false);
            _events.Note(user, SessionEvent.Fenced, $"{Name(owner)}, as its node was declared dead");
            return new ClaimOutcome.Fenced();
        }

        if (abandoned.IsCancellationRequested)
        {
            await ReleaseAsync(user, owner).ConfigureAwait(false);
            return new ClaimOutcome.Abandoned();
        }

        // Until here the session expires by itself, in case this process ends before it can check its tombstone.
        return (int)await Db.ScriptEvaluateAsync(
            RedisScripts.Confirm, [_keys.Session(user)], [owner.Node.ToString(), owner.Connection], RedisConnector.PrimaryOnly).ConfigureAwait(false) == 0
            ? new ClaimOutcome.Unavailable("the session was gone before it could be confirmed")
            : null;
    }

    private ClaimOutcome.Claimed Claimed(UserName user, SessionOwner owner, ClaimPolicy policy, RedisResult[] answer)
    {
        var holder = SessionOwner.TryParse((string?)answer[1], (string?)answer[2]);
        if (holder is not null && holder != owner)
            _events.Note(user, SessionEvent.Replaced, $"{Name(holder)} by {Name(owner)}");
        else if (holder is null)
            _events.Note(user, policy is ClaimPolicy.ReplaceOlder ? SessionEvent.Restored : SessionEvent.Claimed, $"by {Name(owner)}{(((string?)answer[1])?.Length > 0 ? ", as its holder could not be read" : "")}");
        return new ClaimOutcome.Claimed(holder == owner ? null : holder, (long)answer[3]);
    }

    /// <inheritdoc/>
    public async Task<bool> ReleaseAsync(UserName user, SessionOwner owner)
    {
        try
        {
            var db = Db;
            var isLeft = await db.ScriptEvaluateAsync(
                RedisScripts.Release, [_keys.Session(user)], [owner.Node.ToString(), owner.Connection], RedisConnector.PrimaryOnly).ConfigureAwait(false);

            if ((int)isLeft == 2)
                _events.Note(user, SessionEvent.Released, $"by {Name(owner)}");

            // If a later connection of the user on the same node holds the session, the user stays in the node's set, so that clean-up finds it.
            if ((int)isLeft != 0)
                await db.SetRemoveAsync(_keys.Node(owner.Node), user.Text).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<FindOutcome> FindAsync(UserName user)
    {
        try
        {
            var values = await Db.HashGetAsync(
                _keys.Session(user),
                [RedisKeys.Fields.Node, RedisKeys.Fields.Connection, RedisKeys.Fields.Since, RedisKeys.Fields.Mode],
                RedisConnector.PrimaryOnly).ConfigureAwait(false);
            return SessionOwner.TryParse((string?)values[0], (string?)values[1]) is { } owner
                ? new FindOutcome.Found(new SessionRecord(owner, values[2].TryParse(out long since) ? since : 0, values[3].ToString()))
                : new FindOutcome.NotFound();
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            return new FindOutcome.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public TimeSpan? EventsAge => _events.Age;

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEvent>> EventsAsync(UserName user) => _events.ReadAsync(user);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeId>> NodesAsync()
    {
        var members = await Db.SetMembersAsync(_keys.Nodes, RedisConnector.PrimaryOnly).ConfigureAwait(false);
        return [.. members.Select(m => NodeId.TryParse(m)).OfType<NodeId>()];
    }

    /// <inheritdoc/>
    public async Task<CleanUpOutcome> CleanUpAsync(NodeId node, long term)
    {
        try
        {
            var acting = (long)await Db.StringGetAsync(_keys.RelayTerm, RedisConnector.PrimaryOnly).ConfigureAwait(false);
            return acting > term
                ? new CleanUpOutcome.Superseded(acting)
                : new CleanUpOutcome.Cleaned(await CleanUpNodeAsync(node, term).ConfigureAwait(false));
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            return new CleanUpOutcome.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<long> NextTermAsync(long now) =>
        (long)await Db.ScriptEvaluateAsync(RedisScripts.NextTerm, [_keys.RelayTerm], [now], RedisConnector.PrimaryOnly).ConfigureAwait(false);

    /// <summary>True for errors of a server that is not reachable, slow or just restarted. Anything else is a bug and is not caught.</summary>
    public static bool IsUnavailable(Exception e) =>
        e is RedisConnectionException or RedisCommandException or RedisTimeoutException or TimeoutException or RedisServerException or ObjectDisposedException or TaskCanceledException;

    private async Task<bool> IsFencedAsync(NodeId node) => (await _fences.AskAsync(node).ConfigureAwait(false)).Contains(node);

    private async Task<HashSet<NodeId>> FindFencedAsync(IReadOnlyList<NodeId> nodes)
    {
        HashSet<NodeId> fenced = [];
        foreach (var node in nodes.Distinct())
        {
            if (await Db.KeyExistsAsync(_keys.Tombstone(node), RedisConnector.PrimaryOnly).ConfigureAwait(false))
                fenced.Add(node);
        }

        return fenced;
    }

    private async Task<bool> AddMembersAsync(IReadOnlyList<(NodeId Node, UserName User)> claims)
    {
        foreach (var node in claims.GroupBy(c => c.Node))
            await Db.SetAddAsync(_keys.Node(node.Key), [.. node.Select(c => (RedisValue)c.User.Text)]).ConfigureAwait(false);
        return true;
    }

    private static RedisValue[] Arguments(SessionOwner owner, long since, string mode, ClaimPolicy policy) =>
    [
        owner.Node.ToString(),
        owner.Connection,
        since,
        mode,
        Word(policy),
        (policy as ClaimPolicy.RefuseOthers)?.Gone?.ToString() ?? "",
        (long)ProvisionalAge.TotalMilliseconds,
        TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
        (long)ClockSkew.TotalMilliseconds,
    ];

    private static string Word(ClaimPolicy policy) => policy switch
    {
        ClaimPolicy.ReplaceAny => "replace",
        ClaimPolicy.ReplaceOlder => "restore",
        _ => "refuse",
    };

    private static string Name(SessionOwner owner) => string.Create(CultureInfo.InvariantCulture, $"{owner.Node.Address} connection {owner.Connection}");

    private async Task<long> CleanUpNodeAsync(NodeId node, long term)
    {
        var db = Db;
        var id = node.ToString();
        await db.StringSetAsync(_keys.Tombstone(node), "1", TombstoneAge).ConfigureAwait(false);
        long deleted = 0;
        var chunk = new List<(UserName User, Task<RedisResult> Done)>(CleanUpChunk);
        await foreach (var member in db.SetScanAsync(_keys.Node(node), pageSize: CleanUpChunk, flags: RedisConnector.PrimaryOnly).ConfigureAwait(false))
        {
            if (UserName.TryCreate(member.ToString()) is { } user)
                chunk.Add((user, db.ScriptEvaluateAsync(RedisScripts.ReleaseNode, [_keys.Session(user)], [id], RedisConnector.PrimaryOnly)));
            if (chunk.Count == CleanUpChunk)
                deleted += await SumAsync(chunk, node, term).ConfigureAwait(false);
        }

        deleted += await SumAsync(chunk, node, term).ConfigureAwait(false);
        await db.KeyDeleteAsync(_keys.Node(node)).ConfigureAwait(false);
        await db.SetRemoveAsync(_keys.Nodes, id).ConfigureAwait(false);
        return deleted;
    }

    private async Task<long> SumAsync(List<(UserName User, Task<RedisResult> Done)> chunk, NodeId node, long term)
    {
        long sum = 0;
        await Task.WhenAll(chunk.Select(c => c.Done)).ConfigureAwait(false);
        foreach (var (user, done) in chunk)
        {
            if ((long)await done.ConfigureAwait(false) == 0)
                continue;
            sum++;
            _events.Note(user, SessionEvent.Cleaned, string.Create(CultureInfo.InvariantCulture, $"after {node.Address} died, by the relay of term {term}"));
        }

        chunk.Clear();
        return sum;
    }
}
