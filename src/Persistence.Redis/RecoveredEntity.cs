using Akka.Persistence;

namespace ChatAkka.Persistence.Redis;

/// <summary>All that a recovery of an entity would give it.</summary>
/// <param name="Snapshot">The newest snapshot; null if there is none.</param>
/// <param name="Events">The events after the snapshot, in order, up to <paramref name="Highest"/>.</param>
/// <param name="Highest">The highest sequence number, as it was before anything else was read; null if the store has none.</param>
public sealed record RecoveredEntity(SelectedSnapshot? Snapshot, IReadOnlyList<IPersistentRepresentation> Events, long? Highest);
