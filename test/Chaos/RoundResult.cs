using ChatAkka.Chaos.History;

namespace ChatAkka.Chaos;

/// <summary>What one round showed. Times are microseconds.</summary>
/// <param name="Fault">Name of the fault.</param>
/// <param name="Recovered">From the fault, or its end where it has a length, until every user chats again; null where that did not happen.</param>
/// <param name="KeysGone">Until the keys of the dead were gone; null where nobody died.</param>
/// <param name="SlowestDelivery">Longest time from sending to arrival.</param>
/// <param name="SlowestLogin">Longest time from connecting to being logged in.</param>
/// <param name="Messages">Chats that arrived.</param>
/// <param name="Violations">Broken promises.</param>
internal sealed record RoundResult(
    string Fault, long? Recovered, long? KeysGone, long SlowestDelivery, long SlowestLogin, long Messages, IReadOnlyList<Violation> Violations)
{
    /// <summary>True where the run cannot go on.</summary>
    public bool IsLast { get; init; }
}
