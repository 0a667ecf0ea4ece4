namespace ChatAkka.Chaos.History;

/// <summary>At most one relay acts: each has a term of its own, and no node goes back to an earlier one.</summary>
internal static class RelayRules
{
    /// <summary>No two relays act in the same term.</summary>
    public static IEnumerable<Violation> OneTermEach(HistoryIndex history) =>
        from term in history.Events.OfType<HistoryEvent.RelayActed>().GroupBy(e => e.Term)
        where term.Count() > 1
        select new Violation("one relay", $"term {term.Key} was taken twice", [.. term]);

    /// <summary>A node that followed a term never follows an earlier one.</summary>
    public static IEnumerable<Violation> NoneGoesBack(HistoryIndex history)
    {
        foreach (var process in history.Events.OfType<HistoryEvent.TermFollowed>().GroupBy(e => e.Process))
        {
            HistoryEvent.TermFollowed? last = null;
            foreach (var followed in process)
            {
                if (last is not null && followed.Term < last.Term)
                    yield return new Violation("one relay", $"{process.Key} went back from term {last.Term} to {followed.Term}", [last, followed]);
                last = followed;
            }
        }
    }
}
