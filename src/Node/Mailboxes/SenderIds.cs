namespace ChatAkka.Node.Mailboxes;

/// <summary>Remembers the ids of chats by sender, so that a mailbox keeps a chat that is sent again only once.</summary>
/// <remarks>Pure and not thread-safe. The senders, the ids of each sender, and the ids in sum are bounded: at each bound the oldest are forgotten.
/// The same calls give the same content, whether or not a part was restored from a snapshot.</remarks>
/// <param name="settings">The bounds.</param>
internal sealed class SenderIds(MailboxSettings settings)
{
    /// <summary>Of how many senders ids are remembered. At the bound, the sender whose last chat is oldest is forgotten.</summary>
    public const int MostSenders = 1000;

    private readonly Dictionary<string, RecentIds> _senders = new(StringComparer.Ordinal);

    /// <summary>How many ids are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>How many senders are remembered.</summary>
    public int Senders => _senders.Count;

    /// <summary>The senders in the order of their names, each with its ids, oldest first.</summary>
    public IEnumerable<(string Sender, RecentIds Ids)> All =>
        _senders.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => (s.Key, s.Value));

    /// <summary>True if an id of a sender is remembered and is not too old.</summary>
    public bool Knows(string sender, IdHash id, long now) => _senders.TryGetValue(sender, out var ids) && ids.Contains(id, Limit(now));

    /// <summary>Remembers an id.</summary>
    public void Add(string sender, IdHash id, long time)
    {
        if (!_senders.TryGetValue(sender, out var ids))
        {
            if (_senders.Count >= MostSenders)
                Remove(_senders.MinBy(s => (s.Value.LastTime, s.Key), s_byTimeAndName).Key);
            _senders[sender] = ids = new RecentIds();
        }

        Count -= ids.Count;
        ids.Add(id, time, settings.DedupeIds);
        Count += ids.Count;
        while (Count > settings.DedupeTotal)
            ForgetFirst();
    }

    /// <summary>Forgets the ids that are too old.</summary>
    public void ForgetOld(long now)
    {
        var limit = Limit(now);
        foreach (var (sender, ids) in _senders)
        {
            if (ids.FirstTime >= limit)
                continue;
            Count -= ids.Count;
            ids.ForgetBefore(limit);
            Count += ids.Count;

            // A dictionary allows removing entries while it is enumerated.
            if (ids.Count == 0)
                _senders.Remove(sender);
        }
    }

    private static readonly Comparer<(long Time, string Name)> s_byTimeAndName = Comparer<(long Time, string Name)>.Create((a, b) =>
        a.Time != b.Time ? a.Time.CompareTo(b.Time) : string.CompareOrdinal(a.Name, b.Name));

    private long Limit(long now) => now - (long)settings.DedupeAge.TotalMilliseconds;

    private void ForgetFirst()
    {
        // This is a plain loop without LINQ, because at the bound it runs for every chat.
        RecentIds? oldest = null;
        var name = "";
        foreach (var (sender, ids) in _senders)
        {
            if (oldest is null || ids.FirstTime < oldest.FirstTime || (ids.FirstTime == oldest.FirstTime && string.CompareOrdinal(sender, name) < 0))
                (oldest, name) = (ids, sender);
        }

        oldest!.ForgetFirst();
        Count--;
        if (oldest.Count == 0)
            _senders.Remove(name);
    }

    private void Remove(string sender)
    {
        if (_senders.Remove(sender, out var ids))
            Count -= ids.Count;
    }
}
