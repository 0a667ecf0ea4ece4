using Connection = ChatAkka.Chaos.History.HistoryIndex.Connection;

namespace ChatAkka.Chaos.History;

/// <summary>Promises for sessions and their keys.</summary>
internal static class SessionRules
{
    private const long Second = 1_000_000;

    /// <summary>A replaced connection is told within this, where nothing is disturbed.</summary>
    private const long ReplacedWithin = 4 * Second;

    /// <summary>A node that was cut off or stopped closes its clients within this.</summary>
    private const long CutOffWithin = 16 * Second;

    /// <summary>A login that broke off may have taken the session of a connection that lives: that one's node compares it with the registry every
    /// three seconds and puts it back.</summary>
    private const long PutBackWithin = 5 * Second;

    /// <summary>A client sees its connection end a moment after the node did.</summary>
    private const long Sight = 1 * Second;

    /// <summary>At most one live session per user.</summary>
    public static IEnumerable<Violation> OnePerUser(HistoryIndex history)
    {
        foreach (var user in history.Connections.GroupBy(c => c.User))
        {
            var all = user.OrderBy(c => c.Start).ToList();
            for (var i = 0; i + 1 < all.Count; i++)
            {
                var (old, next) = (all[i], all[i + 1]);
                var end = Math.Min(old.End, Math.Min(next.End, history.Events[^1].At));
                var disturbed = history.WasDisturbed(old.Host, next.Start - Second, end) || history.WasDisturbed("redis", next.Start - Second, end);
                if (end - next.Start > (disturbed ? CutOffWithin : ReplacedWithin))
                    yield return new Violation("one session", $"{user.Key} had two open connections, {old.Id} on {old.Host} and {next.Id} on {next.Host}", Story(old, next));
            }
        }
    }

    /// <summary>While a user is logged in, the session key is there; it may be away for a moment after another login of the user failed.</summary>
    public static IEnumerable<Violation> KeysOfTheLiving(HistoryIndex history)
    {
        var failed = history.Events.OfType<HistoryEvent.LoginFailed>().ToLookup(f => f.User);
        foreach (var seen in history.Events.OfType<HistoryEvent.KeysSeen>())
        {
            if (history.WasDisturbed("redis", seen.From, seen.At))
                continue;
            foreach (var connection in history.Connections.Where(c => c.Start < seen.From && (c.IsOpen || c.End - Sight > seen.At)))
            {
                if (seen.Nodes.ContainsKey(connection.User) || history.WasDisturbed(connection.Host, seen.From, seen.At)
                    || failed[connection.User].Any(f => f.From < seen.At && seen.From < f.At + PutBackWithin))
                    continue;
                yield return new Violation(
                    "key of the living", $"{connection.User} is logged in on {connection.Host} (connection {connection.Id}) and has no session key", [
                        .. failed[connection.User],
                        .. history.Of(connection.User).SelectMany(c => Story(c)),
                        seen with { Nodes = new Dictionary<string, string>() },
                    ]);
                yield break;
            }
        }
    }

    /// <summary>After the bound no session key names a node that died.</summary>
    public static IEnumerable<Violation> KeysOfTheDead(HistoryIndex history)
    {
        foreach (var died in history.Events.OfType<HistoryEvent.Died>())
        {
            // The incarnations that were seen before are the dead ones; one that comes after has another uid.
            var dead = history.Events.OfType<HistoryEvent.KeysSeen>().Where(s => s.At < died.At)
                .SelectMany(s => s.Nodes.Values).Where(n => n.StartsWith(died.Host + ":", StringComparison.Ordinal)).ToHashSet();
            var ghost = history.Events.OfType<HistoryEvent.KeysSeen>().FirstOrDefault(
                s => s.From > died.At + died.Bound && !history.WasDisturbed("redis", s.From, s.At) && s.Nodes.Values.Any(dead.Contains));
            if (ghost is not null)
            {
                var left = ghost.Nodes.Where(n => dead.Contains(n.Value)).ToDictionary();
                yield return new Violation(
                    "ghost", $"session keys of a node that died on {died.Host} are left: {string.Join(", ", left.Keys)}", [died, ghost with { Nodes = left }]);
            }
        }
    }

    /// <summary>No node has more clients than its cap.</summary>
    public static IEnumerable<Violation> Cap(HistoryIndex history, int cap)
    {
        foreach (var host in history.Connections.GroupBy(c => c.Host))
        {
            // A connection is open for sure from its login until its end was seen, but for the moment that seeing takes.
            var steps = host.Select(c => (c.Start, Change: 1)).Concat(host.Where(c => !c.IsOpen).Select(c => (c.End - Sight, Change: -1)));
            var open = 0;
            foreach (var (at, change) in steps.OrderBy(s => s.Item1).ThenBy(s => s.Change))
            {
                open += change;
                if (open > cap && !history.WasDisturbed(host.Key, at - Second, at))
                {
                    yield return new Violation("cap", $"{host.Key} had {open} clients, the cap is {cap}", []);
                    break;
                }
            }
        }
    }

    private static List<HistoryEvent> Story(params Connection[] connections) =>
    [
        .. connections.SelectMany(c => new HistoryEvent[]
        {
            new HistoryEvent.LoggedIn(c.Start, c.Id, c.User, c.Host),
            new HistoryEvent.Ended(c.End, c.Id, c.Reason ?? "still open"),
        }),
    ];
}
