using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Load;

/// <summary>A user who wants to be logged in, whatever happens: goes where there is room, comes back when cut off.</summary>
/// <param name="name">The user's name.</param>
/// <param name="acks">True where the user acknowledges what comes.</param>
/// <param name="addresses">Where nodes are.</param>
/// <param name="random">Decides where to go.</param>
/// <param name="log">Where what happens goes.</param>
/// <param name="statistics">What is measured.</param>
internal sealed class ChatUser(string name, bool acks, IReadOnlyList<string> addresses, Random random, EventLog log, LoadStatistics statistics)
{
    private const int LeastPause = 20;
    private const int MostPause = 150;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly List<ChatConnection> _open = [];
    private IReadOnlyList<string> _hints = [];

    /// <summary>The user's name.</summary>
    public string Name => name;

    /// <summary>The latest connection that is open; null while there is none. An earlier one may outlive the one that was to replace it.</summary>
    public ChatConnection? Current
    {
        get
        {
            lock (_gate)
            {
                _open.RemoveAll(c => c.Ended.IsCompleted);
                return _open.LastOrDefault();
            }
        }
    }

    /// <summary>What this user is doing, for the report.</summary>
    public string Doing { get; private set; } = "";

    /// <summary>Stays logged in until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Current is { } connection)
            {
                await Task.WhenAny(connection.Ended, Task.Delay(s_look, stop));
                _hints = connection.Elsewhere;
                continue;
            }

            if (!await LogInAsync(Next()))
                await Pause(random.Next(LeastPause, MostPause), stop);
        }

        lock (_gate)
            _open.ForEach(c => c.Abort());
    }

    /// <summary>Logs in from elsewhere while the other connection is open: that one is to be replaced.</summary>
    /// <param name="choice">Which node, by a number that may be larger than there are nodes.</param>
    public async Task TakeOverAsync(int choice)
    {
        if (Current is not null)
            await LogInAsync(addresses[choice % addresses.Count]);
    }

    private async Task<bool> LogInAsync(string address)
    {
        Doing = $"logging in at {address} since {Clock.Now / 1e6:F2} s, {Doing}";
        var (connection, refused) = await ChatConnection.TryOpenAsync(address, name, acks, log, statistics);
        if (connection is not null)
        {
            lock (_gate)
                _open.Add(connection);
            Doing = $"logged in at {address} since {Clock.Now / 1e6:F2} s";
            _hints = [];
            return true;
        }

        _hints = refused?.Elsewhere ?? [];
        Doing = $"not let in by {address} at {Clock.Now / 1e6:F2} s: {refused?.Reason}, sent to {string.Join(",", _hints)}";
        if (refused is { Elsewhere.Count: 0 } && refused.RetryAfter > TimeSpan.Zero)
            await Task.Delay(refused.RetryAfter);
        return false;
    }

    /// <summary>Where to try next: a node that was named to have room, else any.</summary>
    private string Next() => _hints.Count > 0 ? _hints[random.Next(_hints.Count)] : addresses[random.Next(addresses.Count)];

    private static async Task Pause(int milliseconds, CancellationToken stop)
    {
        try
        {
            await Task.Delay(milliseconds, stop);
        }
        catch (OperationCanceledException)
        {
            // It ends anyway.
        }
    }
}
