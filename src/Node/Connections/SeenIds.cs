using System.IO.Hashing;

namespace ChatAkka.Node.Connections;

/// <summary>The last chats with an id that a session got, so that one that is sent again is not handed to it twice.</summary>
/// <remarks>Kept as 128-bit hashes of sender and id: two that are not the same meet once in 10^32. Any thread may ask.</remarks>
internal sealed class SeenIds
{
    /// <summary>So many are remembered.</summary>
    public const int Most = 256;

    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>Remembers a chat; false where it was seen before.</summary>
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
