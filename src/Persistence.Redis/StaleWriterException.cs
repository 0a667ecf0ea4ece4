namespace ChatAkka.Persistence.Redis;

/// <summary>Another instance of the same entity has written since this instance recovered. The write of this instance was refused.</summary>
/// <param name="persistenceId">The entity.</param>
/// <param name="number">The sequence number that this instance wanted to write.</param>
/// <param name="highest">The highest sequence number in the store.</param>
public sealed class StaleWriterException(string persistenceId, long number, string highest)
    : Exception($"number {number} of {persistenceId} was not written: another instance of it has written up to {highest}");
