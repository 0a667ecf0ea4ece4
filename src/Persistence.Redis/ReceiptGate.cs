using System.Globalization;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Confirms that a replica has a write, or that it is on disk.</summary>
/// <remarks>
/// <code>
/// writers ---- wait ----> next round:  CLIENT ID | EVAL confirm | WAIT 1 limit | CLIENT ID     one round at a time, over a separate connection
/// </code>
/// <c>WAIT</c> confirms only the writes of its own connection, and blocks all later commands on it. So each round writes a mark on a connection
/// that nothing else uses. A replica that has the mark also has all writes that the primary did before it. The script that sets the mark also
/// checks that the writes are there, because after a failover the primary may be another server. The client id shows whether all four commands
/// used the same connection, because <c>WAIT</c> on a new connection would confirm nothing. Writes that come during a round are confirmed by the
/// next one. With <c>fsynced</c> the command is <c>WAITAOF</c>. Safe to call from any thread.
/// </remarks>
internal sealed class ReceiptGate
{
    private const int RoundLimit = 512;
    private static readonly TimeSpan s_policyAge = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IConnectionMultiplexer _redis;
    private readonly PluginSettings _settings;
    private readonly TimeProvider _time;
    private readonly Queue<Waiting> _waiting = [];
    private bool _isBusy;
    private long _policySeen;
    private long _changes;
    private long _holdsSinceChange = -1;

    /// <summary>Makes a gate.</summary>
    /// <param name="redis">A connection that nothing else uses.</param>
    /// <param name="settings">The settings, which say what confirmation is required.</param>
    /// <param name="time">The clock.</param>
    public ReceiptGate(IConnectionMultiplexer redis, PluginSettings settings, TimeProvider time)
    {
        _redis = redis;
        _settings = settings;
        _time = time;
        _redis.ConnectionRestored += (_, _) => Interlocked.Increment(ref _changes);
        _redis.ConfigurationChanged += (_, _) => Interlocked.Increment(ref _changes);
    }

    /// <summary>Waits until a write counts as stored.</summary>
    /// <param name="keys">Names of the keys.</param>
    /// <param name="persistenceId">The entity that wrote.</param>
    /// <param name="number">The highest number that it wrote.</param>
    /// <exception cref="ReceiptException">The write does not count as stored within the limit.</exception>
    public async Task ConfirmAsync(PersistenceKeys keys, string persistenceId, long number)
    {
        if (keys.IsCluster)
            throw new ReceiptException("chat.redis.receipts = replicated and fsynced are not there on a Redis Cluster");
        if (_settings.Receipts == Receipts.Fsynced && await IsFsyncedByPolicyAsync().ConfigureAwait(false))
            return;
        await JoinAsync(new Waiting(keys, persistenceId, number)).ConfigureAwait(false);
    }

    private Task JoinAsync(Waiting waiting)
    {
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (!_isBusy)
            {
                _isBusy = true;
                _ = RunAsync();
            }
        }

        return waiting.Done.Task;
    }

    private async Task RunAsync()
    {
        var round = new List<Waiting>();
        while (Take(round))
        {
            try
            {
                var lost = await RoundAsync(round).ConfigureAwait(false);
                for (var i = 0; i < round.Count; i++)
                {
                    if (lost.Contains(i))
                        round[i].Done.SetException(new ReceiptException("the primary is another one, or came back without what was written"));
                    else
                        round[i].Done.SetResult();
                }
            }
            catch (Exception e)
            {
                foreach (var waiting in round)
                    waiting.Done.SetException(e);
            }
        }
    }

    private bool Take(List<Waiting> round)
    {
        lock (_gate)
        {
            round.Clear();
            while (round.Count < RoundLimit && _waiting.TryDequeue(out var next))
                round.Add(next);
            return _isBusy = round.Count > 0;
        }
    }

    /// <summary>Runs one round for several writes. Gives the positions of the writes that are missing.</summary>
    private async Task<HashSet<int>> RoundAsync(List<Waiting> round)
    {
        var server = Primary();
        var database = _settings.Database < 0 ? (int?)null : _settings.Database;
        var first = server.ExecuteAsync("CLIENT", "ID");
        var confirmed = server.ExecuteAsync(database, "EVAL", Arguments(round));
        var limit = ((long)_settings.ReceiptsTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var waited = _settings.Receipts == Receipts.Replicated
            ? server.ExecuteAsync("WAIT", "1", limit)
            : server.ExecuteAsync("WAITAOF", "1", "0", limit);
        var last = server.ExecuteAsync("CLIENT", "ID");
        await Task.WhenAll(first, confirmed, waited, last).ConfigureAwait(false);

        var counts = await waited.ConfigureAwait(false);
        var kept = _settings.Receipts == Receipts.Replicated ? (long)counts : (long)counts[0];
        if (kept < 1)
        {
            throw new ReceiptException(_settings.Receipts == Receipts.Replicated
                ? $"no replica of {server.EndPoint} has it within {limit} ms (chat.redis.receipts = replicated)"
                : $"{server.EndPoint} has it not on disk within {limit} ms (chat.redis.receipts = fsynced)");
        }

        if ((long)await first.ConfigureAwait(false) != (long)await last.ConfigureAwait(false))
            throw new ReceiptException($"the connection to {server.EndPoint} broke");
        return [.. ((RedisResult[])(await confirmed.ConfigureAwait(false))!).Select(r => (int)r)];
    }

    private ICollection<object> Arguments(List<Waiting> round)
    {
        List<object> arguments = [PersistenceScripts.Confirm, round.Count + 1, (RedisKey)(_settings.KeyPrefix + PersistenceKeys.ReceiptMark)];
        arguments.AddRange(round.Select(w => (object)w.Keys.Highest(w.PersistenceId)));
        arguments.AddRange(round.Select(w => (object)w.Number));
        return arguments;
    }

    private IServer Primary() =>
        _redis.GetServers().FirstOrDefault(s => s.IsConnected && !s.IsReplica) ?? throw new ReceiptException("no primary is connected");

    /// <summary>True if the server writes each command to disk before it answers. False if every write has to be confirmed separately.</summary>
    /// <exception cref="ReceiptException">The server can do neither.</exception>
    private async Task<bool> IsFsyncedByPolicyAsync()
    {
        // An answer counts until the next change of a connection, and what was asked before that change says nothing after it.
        var change = Interlocked.Read(ref _changes);
        if (Interlocked.Read(ref _holdsSinceChange) == change && _time.GetElapsedTime(Interlocked.Read(ref _policySeen)) < s_policyAge)
            return true;
        var seen = _time.GetTimestamp();
        if (!await AskPolicyAsync(Primary()).ConfigureAwait(false))
            return false;
        Interlocked.Exchange(ref _policySeen, seen);
        Interlocked.Exchange(ref _holdsSinceChange, change);
        return true;
    }

    private static async Task<bool> AskPolicyAsync(IServer server)
    {
        string append, fsync;
        try
        {
            append = (await server.ConfigGetAsync("appendonly").ConfigureAwait(false)).FirstOrDefault().Value ?? "";
            fsync = (await server.ConfigGetAsync("appendfsync").ConfigureAwait(false)).FirstOrDefault().Value ?? "";
        }
        catch (RedisServerException e)
        {
            if (HasWaitAof(server))
                return false;
            throw new ReceiptException(
                $"{server.EndPoint} does not say whether it writes each command to disk (CONFIG GET: {e.Message}): chat.redis.receipts = fsynced needs that, or Redis 7.2");
        }

        if (append == "yes" && fsync == "always")
            return true;
        return HasWaitAof(server) && append == "yes"
            ? false
            : throw new ReceiptException(
                $"chat.redis.receipts = fsynced: {server.EndPoint} is Redis {server.Version} with appendonly {append} and appendfsync {fsync}; "
                + "it needs appendonly yes, and appendfsync always or Redis 7.2");
    }

    private static bool HasWaitAof(IServer server) => server.Version >= new Version(7, 2);

    private sealed record Waiting(PersistenceKeys Keys, string PersistenceId, long Number)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
