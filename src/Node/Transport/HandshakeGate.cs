namespace ChatAkka.Node.Transport;

/// <summary>Bounds how many handshakes are under way at a time. If one more begins, the oldest ends: honest clients are done within milliseconds, so the oldest
/// is one that is silent.</summary>
/// <param name="most">The most that are under way.</param>
internal sealed class HandshakeGate(int most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<CancellationTokenSource> _underWay = [];

    /// <summary>Begins a handshake.</summary>
    /// <param name="limit">Cancelled if the handshake has to end because too many are under way.</param>
    /// <returns>Disposed when the handshake has ended.</returns>
    public IDisposable Begin(CancellationTokenSource limit)
    {
        CancellationTokenSource? oldest = null;
        LinkedListNode<CancellationTokenSource> mine;
        lock (_gate)
        {
            if (_underWay.Count >= most)
            {
                oldest = _underWay.First!.Value;
                _underWay.RemoveFirst();
            }

            mine = _underWay.AddLast(limit);
        }

        oldest?.CancelAsync();
        return new Entry(this, mine);
    }

    private void End(LinkedListNode<CancellationTokenSource> handshake)
    {
        lock (_gate)
        {
            if (handshake.List is not null)
                _underWay.Remove(handshake);
        }
    }

    private sealed class Entry(HandshakeGate gate, LinkedListNode<CancellationTokenSource> handshake) : IDisposable
    {
        public void Dispose() => gate.End(handshake);
    }
}
