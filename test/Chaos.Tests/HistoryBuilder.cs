using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos.Tests;

/// <summary>Writes a history in which all is well, for tests that then plant a fault.</summary>
/// <remarks>alice is connection 1 on host a, bob connection 2 on host b; alice sends bob chats, each at a millisecond of its own.</remarks>
internal sealed class HistoryBuilder
{
    public const string HostA = "10.0.0.1";
    public const string HostB = "10.0.0.2";
    public const int Alice = 1;
    public const int Bob = 2;
    private const long Second = 1_000_000;
    private readonly List<HistoryEvent> _events =
    [
        new HistoryEvent.LoggedIn(1, Alice, "alice", HostA),
        new HistoryEvent.LoggedIn(2, Bob, "bob", HostB),
    ];

    public static readonly IReadOnlyDictionary<string, string> Keys = new Dictionary<string, string> { ["alice"] = HostA + ":1#7", ["bob"] = HostB + ":1#8" };

    public IReadOnlyList<HistoryEvent> Events => _events;

    public long Now { get; private set; } = Second;

    /// <summary>So many chats from alice to bob; the even ones have an id.</summary>
    public HistoryBuilder Chats(int count, int from = 1, int to = Bob)
    {
        for (var n = from; n < from + count; n++)
        {
            Tick();
            _events.Add(new HistoryEvent.Sent(Now, Alice, n, "bob", n % 2 == 0));
            _events.Add(new HistoryEvent.Delivered(Now + 100, to, Alice, n));
            if (n % 2 == 0)
                _events.Add(new HistoryEvent.Answered(Now + 200, Alice, n, "delivered"));
        }

        return this;
    }

    /// <summary>A look at the keys.</summary>
    public HistoryBuilder Look(IReadOnlyDictionary<string, string>? keys = null)
    {
        Tick();
        _events.Add(new HistoryEvent.KeysSeen(Now, Now - 100, keys ?? Keys));
        return this;
    }

    /// <summary>Time goes by.</summary>
    public HistoryBuilder Wait(double seconds)
    {
        Now += (long)(seconds * Second);
        return this;
    }

    /// <summary>Something else happens.</summary>
    public HistoryBuilder Add(Func<long, HistoryEvent> happened)
    {
        Tick();
        _events.Add(happened(Now));
        return this;
    }

    /// <summary>Takes events out.</summary>
    public HistoryBuilder Remove(Predicate<HistoryEvent> which)
    {
        _events.RemoveAll(which).ShouldBeGreaterThan(0);
        return this;
    }

    /// <summary>Swaps two events, but not their times.</summary>
    public HistoryBuilder Swap(Predicate<HistoryEvent> first, Predicate<HistoryEvent> second)
    {
        var (a, b) = (_events.FindIndex(first), _events.FindIndex(second));
        (_events[a], _events[b]) = (_events[b], _events[a]);
        return this;
    }

    /// <summary>The rules that are broken.</summary>
    public IReadOnlyList<string> Broken(int cap = 10) => [.. HistoryChecker.Check(_events, cap).Select(v => v.Rule)];

    private void Tick() => Now += 1000;
}
