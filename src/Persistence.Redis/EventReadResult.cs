using Akka.Persistence;

namespace ChatAkka.Persistence.Redis;

/// <summary>The single events that were read. Numbers that the store does not have are in neither list.</summary>
/// <param name="Events">The events, in order of their numbers.</param>
/// <param name="Unreadable">Events that the store has and that could not be decoded, in order of their numbers.</param>
public sealed record EventReadResult(IReadOnlyList<IPersistentRepresentation> Events, IReadOnlyList<UnreadableEvent> Unreadable);
