namespace ChatAkka.Persistence.Redis;

/// <summary>Redis did not execute a transaction: nothing of it was written.</summary>
/// <param name="persistenceId">The entity whose events they were.</param>
public sealed class RedisTransactionException(string persistenceId) : Exception($"the events of {persistenceId} were not written: their transaction was not executed");
