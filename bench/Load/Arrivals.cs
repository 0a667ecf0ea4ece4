namespace ChatAkka.Load;

/// <summary>Which of the chats that are numbered from 0 arrived, and how.</summary>
internal sealed class Arrivals
{
    private readonly HashSet<long> _missing = [];
    private long _expected;

    /// <summary>How many arrived, each counted once.</summary>
    public long Count { get; private set; }

    /// <summary>How many arrived again.</summary>
    public long Doubled { get; private set; }

    /// <summary>How many arrived after one with a higher number.</summary>
    public long Reordered { get; private set; }

    /// <summary>How many arrived without a tag that can be read.</summary>
    public long Damaged { get; private set; }

    /// <summary>Notes what arrived; false if it does not count.</summary>
    /// <param name="line">The chat's line.</param>
    /// <param name="micros">When it was sent.</param>
    public bool TryAdd(ReadOnlySpan<byte> line, out long micros)
    {
        if (!Tag.TryRead(line, out var number, out micros))
        {
            Damaged++;
            return false;
        }

        if (number >= _expected)
        {
            for (var skipped = _expected; skipped < number; skipped++)
                _missing.Add(skipped);
            _expected = number + 1;
        }
        else if (_missing.Remove(number))
            Reordered++;
        else
        {
            Doubled++;
            return false;
        }

        Count++;
        return true;
    }
}
