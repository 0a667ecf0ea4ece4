namespace ChatAkka.Runtime.Tls;

/// <summary>Bounds how long silent peers hold back others: if many handshakes are under way, each gets little time, and if the most are, the one that waits
/// longest for its peer ends.</summary>
/// <remarks>A handshake that has what it needs from its peer, and waits for the server, is never ended: in a storm of honest peers all get their turn.</remarks>
/// <param name="most">The most that are under way.</param>
/// <param name="time">How long a handshake may take if few are under way.</param>
public sealed class HandshakeGate(int most, TimeSpan time)
{
    /// <summary>How long a handshake may take if many are under way. An honest one needs milliseconds, and a few times the way to its peer and back.</summary>
    private static readonly TimeSpan s_timeInAStorm = TimeSpan.FromSeconds(3);

    /// <summary>A handshake that waits for its peer for longer than this may end in favour of another.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkedList<(HandshakeStream Bytes, CancellationTokenSource Limit)> _underWay = [];

    /// <summary>Begins a handshake, and says how long it may take.</summary>
    /// <param name="bytes">The bytes of the handshake.</param>
    /// <param name="limit">Cancelled when the handshake has to end.</param>
    /// <returns>Disposed when the handshake has ended.</returns>
    public IDisposable Begin(HandshakeStream bytes, CancellationTokenSource limit)
    {
        CancellationTokenSource? silent = null;
        LinkedListNode<(HandshakeStream, CancellationTokenSource)> mine;
        lock (_gate)
        {
            limit.CancelAfter(_underWay.Count >= most / 2 && s_timeInAStorm < time ? s_timeInAStorm : time);
            if (_underWay.Count >= most)
                silent = TakeSilent();
            mine = _underWay.AddLast((bytes, limit));
        }

        silent?.CancelAsync();
        return new Entry(this, mine);
    }

    private CancellationTokenSource? TakeSilent()
    {
        for (var node = _underWay.First; node is not null; node = node.Next)
        {
            if (!node.Value.Bytes.WaitsLongerThan(s_silence))
                continue;
            _underWay.Remove(node);
            return node.Value.Limit;
        }

        return null;
    }

    private void End(LinkedListNode<(HandshakeStream, CancellationTokenSource)> handshake)
    {
        lock (_gate)
        {
            if (handshake.List is not null)
                _underWay.Remove(handshake);
        }
    }

    private sealed class Entry(HandshakeGate gate, LinkedListNode<(HandshakeStream, CancellationTokenSource)> handshake) : IDisposable
    {
        public void Dispose() => gate.End(handshake);
    }
}
