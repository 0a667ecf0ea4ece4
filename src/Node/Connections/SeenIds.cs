using System.IO.Hashing;

namespace ChatAkka.Node.Connections;

/// <summary>Remembers the last chats with an id that a session was handed, so that a chat that is sent again is not handed over twice.</summary>
/// <remarks>Sender and id are kept as one 128-bit hash. Two different chats have the same hash once in 10^32, by chance. Any thread may call
/// it.</remarks>
internal sealed class SeenIds
{
    /// <summary>At most this many chats are remembered.</summary>
    public const int Most = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>Remembers a chat. Gives false if it is remembered already.</summary>
    public bool Add(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> id)
    {
        var key = KeyOf(sender, id);
        lock (_gate)
        {
            if (!_seen.Add(key))
                return false;
            _order.Enqueue(key);
            if (_order.Count > Most)
                _seen.Remove(_order.Dequeue());
            return true;
        }
    }

    /// <summary>Forgets a chat that the session did not get after all.</summary>
    public void Remove(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> id)
    {
        var key = KeyOf(sender, id);
        lock (_gate)
            _seen.Remove(key);
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> id)
    {
        Span<byte> both = stackalloc byte[1024];
        if (sender.Length + 1 + id.Length > both.Length)
            both = new byte[sender.Length + 1 + id.Length];
        sender.CopyTo(both);
        both[sender.Length] = 0;
        id.CopyTo(both[(sender.Length + 1)..]);
        return XxHash128.HashToUInt128(both[..(sender.Length + 1 + id.Length)]);
    }
}
