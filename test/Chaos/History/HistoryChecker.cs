namespace ChatAkka.Chaos.History;

/// <summary>Looks for broken promises in a history that has come to rest: all that was under way has arrived, or never will.</summary>
/// <remarks>Pure. What each rule stands on: docs/delivery.md.</remarks>
internal static class HistoryChecker
{
    private static readonly Func<HistoryIndex, IEnumerable<Violation>>[] s_rules =
    [
        MessageRules.Answers,
        MessageRules.Receipts,
        MessageRules.StoredOnes,
        MessageRules.Numbers,
        MessageRules.Refusals,
        MessageRules.Losses,
        MessageRules.Duplicates,
        MessageRules.Order,
        MessageRules.Strangers,
        SessionRules.OnePerUser,
        SessionRules.KeysOfTheLiving,
        SessionRules.KeysOfTheDead,
        RelayRules.OneTermEach,
        RelayRules.NoneGoesBack,
    ];

    /// <summary>Checks all rules, and the cap.</summary>
    /// <param name="events">The history.</param>
    /// <param name="cap">The most connections that a node may take.</param>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> events, int cap)
    {
        var index = new HistoryIndex(events);
        return [.. s_rules.SelectMany(rule => rule(index)), .. SessionRules.Cap(index, cap)];
    }
}
