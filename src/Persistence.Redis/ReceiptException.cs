namespace ChatAkka.Persistence.Redis;

/// <summary>A write cannot be called kept in the way that <c>chat.redis.receipts</c> asks for. It may or may not be there.</summary>
/// <param name="reason">What is missing.</param>
public sealed class ReceiptException(string reason) : Exception(reason);
