using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Load;

/// <summary>All users, and the chats between them at a steady rate.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const double ShareWithId = 0.75;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_sideTick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_takeOverEvery = TimeSpan.FromMilliseconds(700);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private readonly EventLog _log;
    private readonly Random _random;
    private readonly int _rate;
    private readonly int _seed;
    private readonly IReadOnlyList<string> _addresses;
    private volatile bool _isChatting;
    private volatile bool _isTakingOver;

    /// <summary>Makes the users; <see cref="Start"/> lets them log in.</summary>
    public Fleet(ChaosOptions options, IReadOnlyList<string> addresses, EventLog log)
    {
        _log = log;
        _random = new Random(options.Seed);
        _rate = options.Rate;
        _seed = options.Seed;
        _addresses = addresses;
        Users = [.. Enumerable.Range(1, options.Users).Select(i => new ChatUser($"u{i}", acks: i % 3 == 0, addresses, new Random(options.Seed + i), log, Statistics))];
    }

    /// <summary>The users.</summary>
    public IReadOnlyList<ChatUser> Users { get; }

    /// <summary>What they measured.</summary>
    public LoadStatistics Statistics { get; } = new();

    /// <summary>True where every user is logged in, and got and sent a chat since then.</summary>
    public bool IsWell(long since) => Users.All(u => u.Current is { } c && c.ArrivedUpTo >= since && c.ReceiptedUpTo >= since);

    /// <summary>Lets the users log in and chat.</summary>
    public void Start()
    {
        _tasks.AddRange(Users.Select(u => LoudlyAsync(() => u.RunAsync(_stop.Token))));
        _tasks.Add(LoudlyAsync(ChatAsync));
        _tasks.Add(LoudlyAsync(TakeOverAsync));
        Chat();
    }

    /// <summary>Chats go on.</summary>
    public void Chat() => _isChatting = _isTakingOver = true;

    /// <summary>Makes another user, who acknowledges; not one of <see cref="Users"/>.</summary>
    public ChatUser NewReader(string name) => new(name, acks: true, _addresses, new Random(name.Aggregate(_seed, (sum, c) => unchecked((sum * 31) + c))), _log, Statistics);

    /// <summary>Users chat with others than themselves as well, with an id each, so many times a second over all of them.</summary>
    public async Task ChatToAsync(IReadOnlyList<string> names, int rate, CancellationToken stop)
    {
        var random = new Random(_seed);
        var last = Clock.Now;
        double due = 0;
        for (var next = 0; !stop.IsCancellationRequested;)
        {
            await Task.Delay(s_sideTick, CancellationToken.None);
            var now = Clock.Now;
            for (due += (now - last) / 1e6 * rate; due >= 1; due--)
                Users[random.Next(Users.Count)].Current?.TrySend(names[next++ % names.Count], hasId: true);
            last = now;
        }
    }

    /// <summary>No chat is sent any more; waits until those that were are answered, or the limit is over.</summary>
    public async Task RestAsync(TimeSpan limit)
    {
        _isChatting = _isTakingOver = false;
        var end = Clock.Now + Clock.Of(limit);
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        while (Clock.Now < end && Users.Any(u => u.Current is { IsOwedAnswers: true }))
            await Task.Delay(20);

        // Chats without an id say nothing when they arrive; they are no slower than the others.
        await Task.Delay(TimeSpan.FromMilliseconds(400));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        _stop.Dispose();
    }

    /// <summary>A defect of the load itself ends the run at once: a user who is silently gone would look like a broken promise.</summary>
    private static Task LoudlyAsync(Func<Task> work) => Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            Environment.FailFast("the load failed", e);
        }
    });

    private async Task ChatAsync()
    {
        var last = Clock.Now;
        double due = 0;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(s_tick);
            var now = Clock.Now;
            due += (now - last) / 1e6 * _rate;
            last = now;
            if (!_isChatting)
                due = 0;
            for (; due >= 1; due--)
                SendOne();
        }
    }

    private void SendOne()
    {
        var sender = _random.Next(Users.Count);
        var recipient = (sender + 1 + _random.Next(Users.Count - 1)) % Users.Count;
        Users[sender].Current?.TrySend(Users[recipient].Name, _random.NextDouble() < ShareWithId);
    }

    private async Task TakeOverAsync()
    {
        var random = new Random(_random.Next());
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(s_takeOverEvery);
            if (_isTakingOver)
                await Users[random.Next(Users.Count)].TakeOverAsync(random.Next());
        }
    }
}
