namespace ChatAkka.Node.Mailboxes;

/// <summary>Knows whether the store answers the partitions of this node, so that operators read one line when an outage begins and one when it is over, and not
/// one for each partition and attempt.</summary>
/// <remarks>Safe to call from any thread. It says what to log; the owners of partitions log it.</remarks>
/// <param name="forgetAfter">A partition that has not failed for this long counts no more: it may run on another node now.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreOutage(TimeSpan forgetAfter, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _failed = [];
    private bool _isTold;

    /// <summary>Notes that the store did not read or write for a partition. Gives true if an outage begins with this.</summary>
    public bool Failed(int partition)
    {
        lock (_gate)
        {
            Forget();
            var begins = _failed.Count == 0;
            _failed[partition] = time.GetTimestamp();
            Volatile.Write(ref _isTold, true);
            return begins;
        }
    }

    /// <summary>Notes that the store has written for a partition. Gives true if an outage is over with this. It is called for every write, so it takes
    /// no lock if there is no outage.</summary>
    public bool Answered(int partition)
    {
        if (!Volatile.Read(ref _isTold))
            return false;
        lock (_gate)
        {
            _failed.Remove(partition);
            Forget();
            if (!_isTold || _failed.Count > 0)
                return false;
            Volatile.Write(ref _isTold, false);
            return true;
        }
    }

    private void Forget()
    {
        foreach (var (partition, at) in _failed)
        {
            if (time.GetElapsedTime(at) > forgetAfter)
                _failed.Remove(partition);
        }
    }
}
