using Akka.Event;

namespace ChatAkka.Runtime.Proof;

/// <summary>Counts refusals of one kind, and tells operators of them in at most one line in a while, however many there are.</summary>
/// <param name="what">What is refused: the beginning of the line.</param>
/// <param name="pace">The least time between two lines.</param>
/// <param name="log">Where they are told.</param>
/// <param name="time">The clock.</param>
internal sealed class RefusalLog(string what, TimeSpan pace, ILoggingAdapter log, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _lastLine;
    private long _told;
    private long _count;

    /// <summary>How many there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts one more.</summary>
    /// <param name="peer">The address of the other side.</param>
    /// <param name="reason">Why, for people.</param>
    public void Add(object peer, string reason)
    {
        long others;
        lock (_gate)
        {
            _count++;
            if (_lastLine is { } last && time.GetElapsedTime(last) < pace)
                return;
            _lastLine = time.GetTimestamp();
            others = _count - _told - 1;
            _told = _count;
        }

        log.Warning("{0} {1}: {2}. Others since the last such line: {3}", what, peer, reason, others);
    }
}
