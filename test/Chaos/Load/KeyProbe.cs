using ChatAkka.Chaos.History;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Chaos.Load;

/// <summary>Reads every user's session key ten times a second.</summary>
internal sealed class KeyProbe : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stop = new();
    private readonly RedisKey[] _keys;
    private readonly RedisKey _list;
    private readonly string[] _users;
    private readonly EventLog _log;
    private readonly ConnectionMultiplexer _redis;
    private readonly Task _task;

    private KeyProbe(ConnectionMultiplexer redis, IEnumerable<string> users, EventLog log)
    {
        _redis = redis;
        _log = log;
        _users = [.. users];
        var keys = new RedisKeys("chat:");
        _list = keys.Nodes;
        _keys = [.. _users.Select(u => keys.Session(UserName.TryCreate(u)!))];
        _task = RunAsync();
    }

    /// <summary>Node id per user at the last look; null while Redis does not answer.</summary>
    public IReadOnlyDictionary<string, string>? Last { get; private set; }

    /// <summary>Node ids on the list of nodes at the last look; null while Redis does not answer.</summary>
    public IReadOnlySet<string>? Nodes { get; private set; }

    /// <summary>When the last look began.</summary>
    public long LastAt { get; private set; }

    /// <summary>Starts to look.</summary>
    public static async Task<KeyProbe> StartAsync(string redis, IEnumerable<string> users, EventLog log) =>
        new(await RedisConnector.ConnectAsync(Patience.With(redis), "chaos"), users, log);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        await _redis.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(s_pause);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var from = Clock.Now;
            var values = await Task.WhenAll(_keys.Select(k => _redis.GetDatabase().HashGetAsync(k, "node")));
            var members = await _redis.GetDatabase().SetMembersAsync(_list);
            var nodes = new Dictionary<string, string>();
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i].HasValue)
                    nodes[_users[i]] = values[i].ToString();
            }

            _log.Add(new HistoryEvent.KeysSeen(Clock.Now, from, nodes));
            (Last, LastAt, Nodes) = (nodes, from, members.Select(m => m.ToString()).ToHashSet());
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            (Last, Nodes) = (null, null);
        }
    }
}
