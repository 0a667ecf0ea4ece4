namespace ChatAkka.Persistence.Redis;

/// <summary>An event that is in the store and cannot be decoded.</summary>
/// <param name="SequenceNr">The number under which the store keeps it.</param>
/// <param name="Reason">Why it cannot be decoded: its bytes are damaged, its serializer is missing, or it is an event with another number or of another
/// entity.</param>
public sealed record UnreadableEvent(long SequenceNr, Exception Reason);
