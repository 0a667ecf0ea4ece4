namespace ChatAkka.Runtime.Tls;

/// <summary>Bounds how long silent peers hold back others: if many handshakes are under way, each gets little time, and if there is one more than the most,
/// the one that has waited longest for its peer ends.</summary>
/// <remarks>A handshake that has what it needs from its peer, and waits for the server, does not end in favour of another: in a storm of honest peers all
/// get their turn.</remarks>
public sealed class HandshakeGate
{
    private readonly int _most;
    private readonly TimeSpan _time;
    private readonly TimeSpan _timeInStorm;
    private readonly TimeSpan _silence;
    private readonly Lock _gate = new();
    private readonly LinkedList<(HandshakeStream Bytes, CancellationTokenSource Limit)> _underWay = [];
    private readonly ITimer _lookAgain;

    /// <summary>Makes a gate.</summary>
    /// <param name="most">The most that are under way, apart from the one that makes another end.</param>
    /// <param name="time">How long a handshake may take if few are under way.</param>
    /// <param name="timeInStorm">How long it may take if many are under way, and at most <paramref name="time"/>.</param>
    /// <param name="silence">One that waits for its peer for so long may end in favour of another.</param>
    /// <param name="clock">The clock.</param>
    public HandshakeGate(int most, TimeSpan time, TimeSpan timeInStorm, TimeSpan silence, TimeProvider clock)
    {
        (_most, _time, _silence) = (most, time, silence);
        _timeInStorm = timeInStorm < time ? timeInStorm : time;
        _lookAgain = clock.CreateTimer(_ => EndOneTooMany(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins a handshake, and says how long it may take.</summary>
    /// <param name="bytes">The bytes of the handshake.</param>
    /// <param name="limit">Cancelled when the handshake has to end.</param>
    /// <returns>Disposed when the handshake has ended.</returns>
    public IDisposable Begin(HandshakeStream bytes, CancellationTokenSource limit)
    {
        LinkedListNode<(HandshakeStream, CancellationTokenSource)> mine;
        lock (_gate)
        {
            limit.CancelAfter(_underWay.Count >= _most / 2 ? _timeInStorm : _time);
            mine = _underWay.AddLast((bytes, limit));
        }

        EndOneTooMany();
        return new Entry(this, mine);
    }

    /// <summary>Ends one of too many, now or as soon as one has waited for its peer for long enough.</summary>
    private void EndOneTooMany()
    {
        lock (_gate)
        {
            if (_underWay.Count <= _most)
                return;

            // Within the lock, because the owner disposes of its source only after End, which waits for the lock.
            if (TakeSilent() is { } silent)
                _ = silent.CancelAsync();
            else
                _lookAgain.Change(_silence, Timeout.InfiniteTimeSpan);
        }
    }

    private CancellationTokenSource? TakeSilent()
    {
        var longest = _silence;
        LinkedListNode<(HandshakeStream Bytes, CancellationTokenSource Limit)>? silent = null;
        for (var node = _underWay.First; node is not null; node = node.Next)
        {
            if (node.Value.Bytes.Waiting is var waiting && waiting >= longest)
                (longest, silent) = (waiting, node);
        }

        if (silent is null)
            return null;
        _underWay.Remove(silent);
        return silent.Value.Limit;
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
