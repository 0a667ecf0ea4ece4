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
    private readonly RedisKeys _names = new("chat:");
    private readonly RedisKey _list;
    private volatile IReadOnlyList<(string User, RedisKey Key)> _users;
    private readonly EventLog _log;
    private readonly ConnectionMultiplexer _redis;
    private readonly Task _task;

    private KeyProbe(ConnectionMultiplexer redis, IEnumerable<string> users, EventLog log)
    {
        _redis = redis;
        _log = log;
        _users = [.. users.Select(Keyed)];
        _list = _names.Nodes;
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

    /// <summary>Looks for the keys of these users as well, from now on; before they log in.</summary>
    public void Add(IEnumerable<string> users) => _users = [.. _users, .. users.Select(Keyed)];

    private (string User, RedisKey Key) Keyed(string user) => (user, _names.Session(UserName.TryCreate(user)!));

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
            var users = _users;
            var from = Clock.Now;
            var values = await Task.WhenAll(users.Select(u => _redis.GetDatabase().HashGetAsync(u.Key, "node", CommandFlags.DemandMaster)));
            var members = await _redis.GetDatabase().SetMembersAsync(_list, CommandFlags.DemandMaster);
            var nodes = new Dictionary<string, string>();
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i].HasValue)
                    nodes[users[i].User] = values[i].ToString();
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
