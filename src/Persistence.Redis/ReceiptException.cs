namespace ChatAkka.Persistence.Redis;

/// <summary>A write is not confirmed in the way that <c>chat.redis.receipts</c> requires. It may or may not be stored.</summary>
/// <param name="reason">Why it is not confirmed.</param>
public sealed class ReceiptException(string reason) : Exception(reason);
