namespace ChatAkka.Chaos.History;

/// <summary>A promise that was broken.</summary>
/// <param name="Rule">Name of the promise.</param>
/// <param name="Text">What happened.</param>
/// <param name="Evidence">The events that show it.</param>
internal sealed record Violation(string Rule, string Text, IReadOnlyList<HistoryEvent> Evidence);
