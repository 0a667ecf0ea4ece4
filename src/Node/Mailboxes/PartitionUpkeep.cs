namespace ChatAkka.Node.Mailboxes;

/// <summary>Decides when the index of a partition is saved as a snapshot, and which events can be deleted then.</summary>
/// <remarks>Pure and not thread-safe. A snapshot is due when as many bytes were written as the last snapshot had, so that snapshots at most double what is
/// written. Only events that a snapshot stands for are deleted.</remarks>
/// <param name="state">The index.</param>
/// <param name="retry">The pause after a failed snapshot.</param>
internal sealed class PartitionUpkeep(PartitionState state, TimeSpan retry)
{
    private const int LeastBytes = 1024 * 1024;
    private const int MostEvents = 2000;
    private const int MostDoublings = 7;

    private int _snapshotBytes;
    private long _bytes;
    private long _events;
    private bool _isForced;
    private int _failures;
    private TimeSpan _failedAt;

    /// <summary>Sequence number of the last event that the last snapshot stands for.</summary>
    public long SnapshotAt { get; private set; }

    /// <summary>True while a snapshot is being saved.</summary>
    public bool IsSaving { get; private set; }

    /// <summary>Notes what was recovered, and gives the ranges of events that an earlier owner did not come to delete.</summary>
    public IReadOnlyList<(long From, long To)> Recovered(long snapshotAt, int snapshotBytes, long events)
    {
        (SnapshotAt, _snapshotBytes, _events) = (snapshotAt, snapshotBytes, events);
        List<(long, long)> gaps = [];
        var next = 1L;
        foreach (var number in state.Events.Numbers.TakeWhile(n => n <= snapshotAt))
        {
            if (number > next)
                gaps.Add((next, number - 1));
            next = number + 1;
        }

        if (next <= snapshotAt)
            gaps.Add((next, snapshotAt));
        state.Emptied.RemoveAll(n => n <= snapshotAt);
        return gaps;
    }

    /// <summary>Notes that an event was written.</summary>
    public void Wrote(int bytes)
    {
        _bytes += bytes;
        _events++;
    }

    /// <summary>The next snapshot is due at once: the store may have lost the last one.</summary>
    public void Force() => _isForced = true;

    /// <summary>True if a snapshot is to be saved now.</summary>
    /// <param name="now">The time since the start of the owner.</param>
    /// <param name="isIdle">True if nothing was written for a while.</param>
    public bool IsDue(TimeSpan now, bool isIdle)
    {
        if (IsSaving || (_failures > 0 && now - _failedAt < retry * (1 << Math.Min(_failures - 1, MostDoublings))))
            return false;
        return _isForced || _bytes >= Math.Max(LeastBytes, _snapshotBytes) || _events >= MostEvents || (isIdle && _events > 0 && state.Emptied.Count > 0);
    }

    /// <summary>Notes that a snapshot is being saved.</summary>
    public void Saving(int bytes)
    {
        IsSaving = true;
        _isForced = false;
        (_bytes, _events) = (0, 0);
        _snapshotBytes = bytes;
    }

    /// <summary>Notes that the snapshot is saved.</summary>
    public void Saved(long sequenceNr)
    {
        IsSaving = false;
        _failures = 0;
        SnapshotAt = Math.Max(SnapshotAt, sequenceNr);
    }

    /// <summary>Notes that the snapshot could not be saved.</summary>
    public void Failed(TimeSpan now)
    {
        IsSaving = false;
        _isForced = true;
        _failures++;
        _failedAt = now;
    }

    /// <summary>Gives events that can be deleted, in ranges, and forgets them.</summary>
    public IReadOnlyList<(long From, long To)> TakeDeletable()
    {
        var numbers = state.Emptied.Where(n => n <= SnapshotAt).Order().ToList();
        state.Emptied.RemoveAll(n => n <= SnapshotAt);
        List<(long From, long To)> ranges = [];
        foreach (var number in numbers)
        {
            if (ranges.Count > 0 && ranges[^1].To == number - 1)
                ranges[^1] = (ranges[^1].From, number);
            else
                ranges.Add((number, number));
        }

        return ranges;
    }
}
